import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { explain, SetupError } from './explain.mjs'
import { BUILD_STAMP, look, sources, WEB } from './look.mjs'

/**
 * Builds into a folder of its own, which then takes the place of `dist/`: no output of a deleted source stays behind,
 * and a build that fails leaves the last good one.
 * @param {string} root
 */
export function build(root) {
  const dist = join(root, 'dist')
  const [fresh, old] = [`${dist}.new.tmp`, `${dist}.old.tmp`]
  // Taken before the compiler reads: a source edited meanwhile makes the next build stale, not this one wrong.
  const { buildWanted } = look(root)
  rmSync(fresh, { recursive: true, force: true })
  mkdirSync(fresh, { recursive: true })
  compile(root, fresh)
  if (existsSync(join(root, WEB))) bundle(root, join(fresh, WEB))
  const copied = sources(root).filter(
    ({ name }) => !/\.ts$|^tsconfig[^/]*\.json$/.test(name) && !name.startsWith(`${WEB}/`),
  )
  for (const { name } of copied) {
    mkdirSync(dirname(join(fresh, name)), { recursive: true })
    copyFileSync(join(root, name), join(fresh, name))
  }
  writeFileSync(join(fresh, BUILD_STAMP), buildWanted)
  rmSync(old, { recursive: true, force: true })
  if (existsSync(dist)) renameSync(dist, old)
  renameSync(fresh, dist)
  rmSync(old, { recursive: true, force: true })
}

/** The server and the command line. @param {string} root @param {string} outDir */
function compile(root, outDir) {
  const args = ['-p', 'tsconfig.build.json', '--outDir', outDir, '--noEmitOnError', '--pretty', 'false']
  run(root, 'typescript/bin/tsc', args)
}

/** The console, for browsers. @param {string} root @param {string} outDir */
function bundle(root, outDir) {
  run(root, 'vite/bin/vite.js', ['build', WEB, '--outDir', outDir, '--logLevel', 'warn'])
}

/** @param {string} root @param {string} tool its file in node_modules @param {string[]} args */
function run(root, tool, args) {
  const file = join(root, 'node_modules', tool)
  const done = spawnSync(process.execPath, [file, ...args], { cwd: root, encoding: 'utf8' })
  if (done.status !== 0) throw new SetupError(explain('the build failed', `${done.stdout}${done.stderr}`, root))
}
