import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { explain, SetupError } from './explain.mjs'

const WAIT_MS = 100
const UNWRITTEN_MS = 2000

/**
 * Runs `work` while no other set-up of this checkout runs; waits for one that does, and says so.
 * @template T @param {string} root @param {() => T} work @returns {T}
 */
export function withLock(root, work) {
  const file = join(root, '.kintsugi', 'bootstrap.lock')
  try {
    take(file)
    try {
      return work()
    } finally {
      rmSync(file, { force: true })
    }
  } catch (error) {
    if (error instanceof SetupError || !(error instanceof Error) || !('code' in error)) throw error
    throw new SetupError(explain('the set-up cannot be done', error.message, root))
  }
}

/** @param {string} file */
function take(file) {
  mkdirSync(join(file, '..'), { recursive: true })
  for (let said = false; !create(file);) {
    const owner = ownerOf(file)
    if (owner === undefined) continue
    if (!isAlive(owner)) {
      steal(file, owner)
      continue
    }
    if (!said) process.stderr.write(`kintsugi: waiting for another set-up of this checkout (process ${owner})\n`)
    said = true
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, WAIT_MS)
  }
}

/** @param {string} file */
function create(file) {
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' })
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    throw error
  }
}

/**
 * The process that holds the lock: undefined when it is gone or just being written, 0 when its writer died half way.
 * @param {string} file
 */
function ownerOf(file) {
  try {
    const text = readFileSync(file, 'utf8')
    if (text !== '') return Number(text) || 0
    return Date.now() - statSync(file).mtimeMs > UNWRITTEN_MS ? 0 : undefined
  } catch {
    return undefined
  }
}

/** @param {number} pid */
function isAlive(pid) {
  if (pid === 0) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

/**
 * Moves a dead owner's lock away: only one of several can move it. One that took a new owner's instead puts it back.
 * @param {string} file @param {number} dead
 */
function steal(file, dead) {
  const aside = `${file}.${process.pid}`
  try {
    renameSync(file, aside)
    if (ownerOf(aside) === dead) rmSync(aside, { force: true })
    else renameSync(aside, file)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
  }
}
