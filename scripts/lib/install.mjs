import { spawnSync } from 'node:child_process'
import { existsSync, statfsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { explain, SetupError } from './explain.mjs'
import { INSTALL_STAMP, look } from './look.mjs'

const SPARE_BYTES = 32 * 1024 * 1024

/**
 * Installs what package-lock.json names, and proves that the Node that came with it starts here.
 * @param {string} root
 */
export function install(root) {
  // Development packages hold the compiler, optional ones Node itself: a NODE_ENV or npm setting must not drop them.
  const done = runNpm(root, [
    'ci',
    '--include=dev',
    '--include=optional',
    '--no-fund',
    '--no-audit',
    '--loglevel=error',
  ])
  const said = done.error ? `npm: ${done.error.message}` : done.stderr
  if (done.error || done.status !== 0) throw new SetupError(explain('the packages cannot be installed', said, root))
  tryPinnedNode(root)
  writeFileSync(join(root, INSTALL_STAMP), look(root).installWanted)
}

/** npm by the way it was itself started, so that the same npm is used; else the one on the path. @param {string} root @param {string[]} args */
function runNpm(root, args) {
  const self = process.env['npm_execpath']
  const [command, first] = self?.endsWith('npm-cli.js') ? [process.execPath, [self]] : ['npm', []]
  return spawnSync(command, [...first, ...args], { cwd: root, encoding: 'utf8', stdio: ['ignore', 'ignore', 'pipe'] })
}

/** npm takes an optional package that came only in part, as on a full disk, for no failure. @param {string} root */
function tryPinnedNode(root) {
  const pinned = join(root, 'node_modules/.bin/node')
  if (!existsSync(pinned)) return
  const trial = spawnSync(pinned, ['--version'], { encoding: 'utf8' })
  if (trial.status === 0) return
  const { bavail, bsize } = statfsSync(root)
  const said =
    bavail * bsize < SPARE_BYTES ? 'ENOSPC' : (trial.error?.message ?? trial.stderr) || `it ended by ${trial.signal}`
  throw new SetupError(explain('the Node that npm installed does not start on this machine', said, root))
}
