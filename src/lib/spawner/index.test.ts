import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { isAlive, untilDead } from '../../../test/processes.ts'
import { SpawnError, startSpawner, type Spawner } from './index.ts'

const node = process.execPath
const open: Spawner[] = []
let dir: string
const start = async (): Promise<Spawner> => {
  const spawner = await startSpawner()
  open.push(spawner)
  return spawner
}
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'spawner-'))
})
afterEach(async () => {
  rmSync(dir, { recursive: true })
  await Promise.all(open.splice(0).map((spawner) => spawner.close()))
})

const script = (text: string): [string, ...string[]] => [node, '-e', text]
test('a command answers with its output and its exit code', async () => {
  const spawner = await start()
  const text = 'process.stdout.write("out"); process.stderr.write("err"); process.exitCode = 3'
  expect(await spawner.run(script(text), { timeoutMs: 5000 })).toEqual({
    code: 3,
    signal: null,
    stdout: 'out',
    stderr: 'err',
    timedOut: false,
  })
})

test('nothing is read by a shell', async () => {
  const spawner = await start()
  const words = '$(id); `id` && $HOME * "quoted"'
  const { stdout } = await spawner.run(['/bin/echo', words], { timeoutMs: 5000 })
  expect(stdout).toBe(`${words}\n`)
})

test('a command sees nothing of our own environment but the path', async () => {
  const spawner = await start()
  const { stdout } = await spawner.run(script('console.log(JSON.stringify(process.env))'), {
    timeoutMs: 5000,
    env: { GIVEN: 'yes' },
  })
  expect(JSON.parse(stdout)).toEqual({ PATH: process.env['PATH'], GIVEN: 'yes' })
})

test('output beyond the limit is left out, and does not stop the command', async () => {
  const spawner = await start()
  const { stdout, code } = await spawner.run(script('process.stdout.write("x".repeat(1e6))'), {
    timeoutMs: 5000,
    maxOutputBytes: 10,
  })
  expect([stdout, code]).toEqual(['xxxxxxxxxx', 0])
})

/** Starts a grandchild that would live on, tells its pid, and stays. */
const family = script(`
  const { spawn } = require('node:child_process')
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'inherit' })
  console.log(child.pid)
  setInterval(() => {}, 1000)
`)

test('a command that takes too long is killed with all that it started', async () => {
  const spawner = await start()
  const { timedOut, signal, stdout } = await spawner.run(family, { timeoutMs: 300 })
  expect({ timedOut, signal }).toEqual({ timedOut: true, signal: 'SIGKILL' })
  await untilDead(Number(stdout))
})

test('what a command leaves running ends with it', async () => {
  const spawner = await start()
  const text = `
    const { spawn } = require('node:child_process')
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'inherit' })
    console.log(child.pid)
    child.unref()
  `
  const { code, stdout } = await spawner.run(script(text), { timeoutMs: 20_000 })
  expect(code).toBe(0)
  await untilDead(Number(stdout))
})

test('a run that is given up is killed, and says so', async () => {
  const spawner = await start()
  const giveUp = new AbortController()
  const given = spawner.run(['/bin/sleep', '60'], { timeoutMs: 60_000, abort: giveUp.signal })
  giveUp.abort()
  await expect(given).rejects.toThrow("cannot run '/bin/sleep 60': it was given up")
  await expect(spawner.run(['/bin/true'], { timeoutMs: 1000, abort: giveUp.signal })).rejects.toThrow(SpawnError)
})

test('a program that is not there is an error, not a result', async () => {
  const spawner = await start()
  await expect(spawner.run(['/no/such/program'], { timeoutMs: 1000 })).rejects.toThrow(/no\/such\/program.*ENOENT/)
  expect(await spawner.run(['/bin/true'], { timeoutMs: 1000 })).toMatchObject({ code: 0 })
})

/** A command that stays, having told its helper's process and its own. */
function staying(): { argv: [string, ...string[]]; pids(): Promise<[helper: number, command: number]> } {
  const file = join(dir, 'pids')
  const tell = 'echo $PPID $$ > "$0.new" && mv "$0.new" "$0" && exec sleep 60'
  return {
    argv: ['/bin/sh', '-c', tell, file],
    pids: async () => {
      while (!existsSync(file)) await sleep(5)
      return readFileSync(file, 'utf8').trim().split(' ').map(Number) as [number, number]
    },
  }
}

test('a helper that dies takes its runs with it and is replaced', async () => {
  const spawner = await start()
  const { argv, pids } = staying()
  const failure = expect(spawner.run(argv, { timeoutMs: 60_000 })).rejects.toThrow(/cannot run.*the spawn helper ended/)
  const [helper, command] = await pids()
  // Messages keep their order: once a later run has ended, the owner knows of the earlier one.
  await spawner.run(['/bin/true'], { timeoutMs: 5000 })
  process.kill(helper, 'SIGKILL')
  await failure
  await untilDead(command)
  expect(await spawner.run(['/bin/true'], { timeoutMs: 5000 })).toMatchObject({ code: 0 })
})

test('a run asked of a helper that has just been killed fails or is done, and does not hang', async () => {
  const spawner = await start()
  const { stdout } = await spawner.run(['/bin/sh', '-c', 'echo $PPID'], { timeoutMs: 5000 })
  process.kill(Number(stdout), 'SIGKILL')
  const ends = await Promise.allSettled([1, 2, 3].map(() => spawner.run(['/bin/true'], { timeoutMs: 5000 })))
  expect(ends.filter((end) => end.status === 'rejected').every(({ reason }) => reason instanceof SpawnError)).toBe(true)
})

test('helper and commands end with an owner that is killed', async () => {
  const { argv, pids } = staying()
  const owner = `
    import { startSpawner } from ${JSON.stringify(new URL('index.ts', import.meta.url).href)}
    const spawner = await startSpawner()
    await spawner.run(${JSON.stringify(argv)}, { timeoutMs: 60_000 })
  `
  const child = spawn(node, ['--input-type=module', '-e', owner], { stdio: ['ignore', 'inherit', 'inherit'] })
  const both = await pids()
  expect(both.map(isAlive)).toEqual([true, true])
  child.kill('SIGKILL')
  await Promise.all(both.map(untilDead))
})

test('nothing runs after the spawner is closed', async () => {
  const spawner = await start()
  await spawner.close()
  await expect(spawner.run(['/bin/true'], { timeoutMs: 1000 })).rejects.toThrow('the spawner is closed')
})
