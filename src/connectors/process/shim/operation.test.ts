import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { untilDead } from '../../../../test/processes.ts'
import { call, shimFolder, type ShimFolder } from '../../../../test/shims.ts'
import { until } from '../../../../test/worlds.ts'
import { commandsOperation } from './commands.ts'
import { filesOf } from './files.ts'
import type { Operation } from './protocol.ts'
import type { Command } from './sections.ts'

let dir: string
let folder: ShimFolder
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'operation-'))
  folder = shimFolder()
})
afterEach(async () => {
  rmSync(dir, { recursive: true })
  await folder.close()
})

const operation = (command: Command): Operation =>
  commandsOperation({ commands: { one: command }, cwd: dir, files: filesOf({ dir: join(dir, 'shim'), instance: 'x' }) })
const order = { params: { command: 'one' }, ifGeneration: 0, key: 'k1' }

test('a command is not read by a shell, sees a bare environment, and how it ended is kept short', async () => {
  const shown = operation({ argv: ['/usr/bin/env'] })
  await shown.run(order)
  expect((await shown.read()).facts).toMatchObject({ one: { last: { stdout: `PATH=${process.env['PATH']}\n` } } })

  const words = '$(id) && `id` * "x"'
  const echo = operation({ argv: ['/bin/echo', words] })
  await echo.run({ ...order, ifGeneration: 1, key: 'k2' })
  expect((await echo.read()).facts).toMatchObject({ one: { last: { code: 0, stdout: `${words}\n` } } })

  const loud = operation({ argv: [process.execPath, '-e', 'process.stderr.write("x".repeat(1e6)); process.exit(3)'] })
  await loud.run({ ...order, ifGeneration: 2, key: 'k3' })
  expect((await loud.read()).facts).toMatchObject({ one: { last: { code: 3, stderr: 'x'.repeat(1024) } } })
})

test('one that takes too long is ended, and one that is not there has ended too', async () => {
  const slow = operation({ argv: ['/bin/sleep', '60'], timeoutMs: 50 })
  await slow.run(order)
  expect(await slow.read()).toMatchObject({
    generation: 1,
    facts: { one: { last: { signal: 'SIGKILL', timedOut: true } } },
  })
  const missing = operation({ argv: ['/no/such/program'] })
  await missing.run({ ...order, ifGeneration: 1, key: 'k2' })
  expect(await missing.read()).toMatchObject({
    generation: 2,
    facts: { one: { last: { code: null, stderr: expect.stringContaining('ENOENT') } } },
  })
})

test.each([
  [true, 200, 2],
  [false, 409, 1],
])('in which the shim is killed is done again by the same key when that is safe: %s', async (safe, status, times) => {
  const marks = join(dir, 'marks')
  // The first time it stays.
  const script = 'echo $$ >> "$0"; [ -e "$0.go" ] || exec sleep 60'
  const manifest = await folder.manifest('web-1', {
    command: ['/bin/sleep', '600'],
    ready: 'none',
    commands: { one: { argv: ['/bin/sh', '-c', script, marks], safe, timeoutMs: 60_000 } },
  })
  const socket = join(folder.dir, 'web-1.sock')
  const shim = await folder.start(manifest)
  const cut = call(socket, 'POST', '/commands', order).catch(() => 'cut off')
  await until(async () => existsSync(marks) && readFileSync(marks, 'utf8').endsWith('\n'), Boolean)
  process.kill(shim, 'SIGKILL')
  expect(await cut).toBe('cut off')
  await untilDead(shim)
  process.kill(Number(readFileSync(marks, 'utf8')), 'SIGKILL')
  writeFileSync(`${marks}.go`, '')
  await folder.start(manifest)
  expect(await call(socket, 'POST', '/commands', order)).toMatchObject({ status })
  expect(readFileSync(marks, 'utf8').trim().split('\n')).toHaveLength(times)
  // Whoever looks again may decide anew.
  const { generation } = (await call(socket, 'GET', '/commands')).body as { generation: number }
  expect(generation).toBe(times - 1)
  const anew = { ...order, ifGeneration: generation, key: 'k2' }
  expect(await call(socket, 'POST', '/commands', anew)).toMatchObject({ body: { repeated: false } })
})

test('a command that is under way ends with a shim that is told to stop', async () => {
  const marks = join(dir, 'marks')
  const manifest = await folder.manifest('web-1', {
    command: ['/bin/sleep', '600'],
    ready: 'none',
    commands: { one: { argv: ['/bin/sh', '-c', 'echo $$ > "$0.new" && mv "$0.new" "$0" && exec sleep 60', marks] } },
  })
  await folder.start(manifest)
  const socket = join(folder.dir, 'web-1.sock')
  const cut = call(socket, 'POST', '/commands', { ...order, key: 'k' }).catch(() => 'cut off')
  await until(async () => existsSync(marks), Boolean)
  await call(socket, 'POST', '/stop')
  await untilDead(Number(readFileSync(marks, 'utf8')))
  expect(await cut).toBe('cut off')
})
