import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { WEB_1 } from '../../test/gate-world.ts'
import { BlindError } from '../domain/errors.ts'
import type { Observation } from '../domain/signal.ts'
import { logSource, type LogPlace } from './log-source.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'log-source-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

test('errors are counted by level, and the newest lines kept, for as long as the target is there', async () => {
  const file = join(folder, 'web-1.log')
  writeFileSync(file, '{"level":"error","message":"long ago"}\n')
  let places: LogPlace[] = [{ ref: WEB_1, file }]
  const { source, errorsOf } = logSource({ name: 'logs', intervalMs: 1000 }, () => places)
  const look = async (now: number): Promise<Observation> => source.round()[0]!.look(now, AbortSignal.timeout(1000))
  const counts = ({ samples }: Observation): unknown[] =>
    samples.map(({ metric, labels, value }) => [labels['level'] ?? metric, value])

  await look(1)
  appendFileSync(file, '{"level":"error","message":"no\\u0007 room"}\nplain text\n{"level":"fatal","msg":"gone"}\n')
  expect(counts(await look(2))).toEqual([
    ['log_lines_total', 3],
    ['error', 1],
    ['fatal', 1],
    ['log_skipped_bytes_total', 0],
  ])
  expect(errorsOf(WEB_1)).toEqual([
    { at: 2, text: 'no room' },
    { at: 2, text: 'gone' },
  ])
  places = []
  expect(source.round()).toEqual([])
  expect(errorsOf(WEB_1)).toEqual([])
})

test('a log that cannot be read is blindness', async () => {
  const { source } = logSource({ name: 'logs', intervalMs: 1000 }, () => [{ ref: WEB_1, file: join(folder, 'none') }])
  await expect(source.round()[0]!.look(0, AbortSignal.timeout(1000))).rejects.toThrow(BlindError)
})
