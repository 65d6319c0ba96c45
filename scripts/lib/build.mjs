import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { explain, SetupError } from './explain.mjs'
import { BUILD_STAMP, look, sources } from './look.mjs'

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
  compile(root, fresh)
  for (const { name } of sources(root).filter((file) => !/\.ts$|^tsconfig[^/]*\.json$/.test(file.name))) {
    mkdirSync(dirname(join(fresh, name)), { recursive: true })
    copyFileSync(join(root, name), join(fresh, name))
  }
  writeFileSync(join(fresh, BUILD_STAMP), buildWanted)
  rmSync(old, { recursive: true, force: true })
  if (existsSync(dist)) renameSync(dist, old)
  renameSync(fresh, dist)
  rmSync(old, { recursive: true, force: true })
}

/** @param {string} root @param {string} outDir */
function compile(root, outDir) {
  mkdirSync(outDir, { recursive: true })
  const compiler = join(root, 'node_modules/typescript/bin/tsc')
  const args = [compiler, '-p', 'tsconfig.build.json', '--outDir', outDir, '--noEmitOnError', '--pretty', 'false']
  const done = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' })
  if (done.status !== 0) throw new SetupError(explain('the build failed', `${done.stdout}${done.stderr}`, root))
}
