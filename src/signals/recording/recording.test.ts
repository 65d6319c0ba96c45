import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { fakeClock, type FakeClock } from '../../../test/fakes/fake-clock.ts'
import type { Intake } from '../../domain/intake.ts'
import type { ResourceRef } from '../../domain/resource.ts'
import type { Log } from '../../lib/log.ts'
import { silentLog } from '../../lib/log.ts'
import { lineReader, lineWriter } from './line.ts'
import { readRecording, segmentsIn } from './read.ts'
import { startRecording, type Recording, type RecordingOptions } from './write.ts'

const WEB: ResourceRef = 'lab:shop/instance/web-1'
const HOUR_MS = 3_600_000

let folder: string
let clock: FakeClock
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kintsugi-signals-'))
  clock = fakeClock()
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const begin = (more: Partial<RecordingOptions> = {}): Recording =>
  startRecording({
    folder,
    keepMs: 24 * HOUR_MS,
    mostBytes: 1e9,
    known: () => ({ nodes: [], alerts: [] }),
    clock,
    log: silentLog,
    ...more,
  })

const seen = (at: number, value: number): Intake => ({
  kind: 'observed',
  at,
  observation: {
    source: 'probe',
    intervalMs: 1000,
    samples: [{ metric: 'up', labels: {}, target: WEB, at, value }],
  },
})

async function everything(from = folder): Promise<Intake[]> {
  const all: Intake[] = []
  for await (const one of readRecording(from, { fromMs: 0, toMs: Number.MAX_SAFE_INTEGER })) all.push(one)
  return all
}

const valuesIn = (all: readonly Intake[]): number[] =>
  all.flatMap((one) => (one.kind === 'observed' ? one.observation.samples.map(({ value }) => value) : []))

test('what is written in lines is read from them', () => {
  const value = fc.oneof(fc.double(), fc.constantFrom(Number.NaN, Infinity, -Infinity))
  const labels = fc.dictionary(fc.constantFrom('a', '__proto__x', 'ü'), fc.string(), { maxKeys: 2 })
  const sample = fc.record({ metric: fc.constantFrom('up', 'down'), labels, at: fc.constantFrom(1, 2), value })
  fc.assert(
    fc.property(fc.array(fc.array(sample)), (rounds) => {
      const [write, read] = [lineWriter(), lineReader()]
      for (const round of rounds) {
        const samples = round.map((one) => ({ ...one, target: WEB }))
        const observation = { source: 'probe', intervalMs: 1000, samples }
        const lines = write({ kind: 'observed', at: 1, observation }).trimEnd().split('\n')
        const back = lines.flatMap((line) => {
          const one = read(line)
          return one?.kind === 'observed' ? one.observation.samples : []
        })
        // Samples of one moment stand together; the windows take them one by one.
        const byTime = [1, 2].toSorted((a, b) => order(samples, a) - order(samples, b))
        expect(back.map(zero)).toEqual(byTime.flatMap((at) => samples.filter((one) => one.at === at)).map(zero))
      }
    }),
  )
})
const order = (samples: readonly { readonly at: number }[], at: number): number =>
  samples.findIndex((one) => one.at === at)
// JSON writes minus zero as zero.
const zero = <T extends { readonly value: number }>(one: T): T => ({ ...one, value: one.value === 0 ? 0 : one.value })

test('a torn segment is read up to the tear, wherever that is', async () => {
  const recording = begin()
  for (let i = 0; i < 100; i++) {
    recording.note(seen(clock.now(), i))
    await clock.advance(1000)
  }
  await recording.close()
  const [segment] = segmentsIn(folder)
  const whole = valuesIn(await everything())
  expect(whole).toEqual(Array.from({ length: 100 }, (_, i) => i))
  const { path } = segment!
  const bytes = readFileSync(path)
  const lengths = new Set<number>()
  for (const share of [0.95, 0.7, 0.4, 0.1, 0]) {
    writeFileSync(path, bytes)
    truncateSync(path, Math.floor(bytes.length * share))
    const values = valuesIn(await everything())
    expect(values).toEqual(whole.slice(0, values.length))
    lengths.add(values.length)
  }
  expect(lengths.size).toBeGreaterThan(3)
  // As a file system may leave it after a power cut.
  writeFileSync(path, bytes)
  appendFileSync(path, Buffer.alloc(1000))
  expect(valuesIn(await everything())).toEqual(whole)
})

test('a segment with a changed byte is read up to it, or near it', async () => {
  const recording = begin()
  const some = fc.sample(fc.double(), { numRuns: 20_000, seed: 1 })
  for (const [i, value] of some.entries()) recording.note(seen(clock.now() + i, value))
  await recording.close()
  const [segment] = segmentsIn(folder)
  const bytes = readFileSync(segment!.path)
  bytes[bytes.length - 10_000]! ^= 0xff
  writeFileSync(segment!.path, bytes)
  const values = valuesIn(await everything())
  expect(values.length).toBeGreaterThan(10_000)
  expect(values.length).toBeLessThan(20_000)
})

test('what is missing behind a tear in the middle is said', async () => {
  const recording = begin()
  for (let i = 0; i < 3; i++) {
    recording.note(seen(clock.now(), i))
    await clock.advance(HOUR_MS)
  }
  await recording.close()
  const [first] = segmentsIn(folder)
  truncateSync(first!.path, statSync(first!.path).size - 20)
  const all = await everything()
  expect(all.find(({ kind }) => kind === 'missed')).toMatchObject({ from: first!.at, to: segmentsIn(folder)[1]!.at })
  expect(valuesIn(all)).toEqual([1, 2])
})

test('every hour is a segment of its own, and old ones go', async () => {
  const recording = begin({ keepMs: 3 * HOUR_MS })
  for (let i = 0; i < 10; i++) {
    recording.note(seen(clock.now(), i))
    await clock.advance(HOUR_MS)
    await settled()
  }
  await recording.close()
  expect(segmentsIn(folder).length).toBeLessThanOrEqual(5)
  expect(valuesIn(await everything()).at(-1)).toBe(9)
})

test('what is too large together loses its oldest hours', async () => {
  const recording = begin({ mostBytes: 600 })
  for (let i = 0; i < 10; i++) {
    recording.note(seen(clock.now(), i))
    await clock.advance(HOUR_MS)
    await settled()
  }
  await recording.close()
  const bytes = readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0)
  expect(bytes).toBeLessThan(1000)
  expect(valuesIn(await everything()).at(-1)).toBe(9)
})

test('a recording that cannot be written ends with one line in the log, and nobody waits for it', async () => {
  // A file where the folder should be: everything fails, for whoever runs this.
  const place = join(folder, 'taken')
  writeFileSync(place, '')
  const said: string[] = []
  const log = { ...silentLog, error: (_: object, text: string) => void said.push(text) } as Log
  const recording = begin({ folder: place, log })
  for (let i = 0; i < 20; i++) {
    recording.note(seen(clock.now(), i))
    await clock.advance(6000)
    await settled()
  }
  await recording.close()
  expect(said).toEqual(['recording of signals has stopped; everything else goes on'])
})

test('what comes quicker than the disk is left out, and the recording says so', async () => {
  const recording = begin({ mostWaiting: 640_000 })
  const labels = { long: 'x'.repeat(10_000) }
  const big = (i: number): Intake => ({
    kind: 'alerts',
    at: clock.now() + i,
    alerts: [
      { fingerprint: `${i}`, status: 'firing', labels, annotations: {}, startsAt: 0, source: 'test', receivedAt: 0 },
    ],
  })
  // No promise is awaited in between: the disk has no chance.
  for (let i = 0; i < 100; i++) recording.note(big(i))
  await clock.advance(6000)
  for (let tries = 0; tries < 40; tries++) await settled()
  recording.note(seen(clock.now(), 7))
  await recording.close()
  const all = await everything()
  const alerts = all.filter(({ kind }) => kind === 'alerts')
  expect(alerts.length).toBeGreaterThan(50)
  expect(alerts.length).toBeLessThan(80)
  expect(all.find(({ kind }) => kind === 'missed')).toMatchObject({ why: 'the disk was too slow' })
  expect(valuesIn(all)).toEqual([7])
})

test('files of others in the folder are left alone', async () => {
  writeFileSync(join(folder, 'notes.txt'), 'mine')
  const recording = begin({ keepMs: 0, mostBytes: 0 })
  for (let i = 0; i < 3; i++) {
    recording.note(seen(clock.now(), i))
    await clock.advance(HOUR_MS)
    await settled()
  }
  await recording.close()
  expect(readdirSync(folder)).toContain('notes.txt')
})

test('a plain text is a recording too', async () => {
  const recording = begin()
  recording.note(seen(clock.now(), 5))
  await recording.close()
  const [segment] = segmentsIn(folder)
  const plain = gunzipSync(readFileSync(segment!.path))
  rmSync(segment!.path)
  writeFileSync(segment!.path.replace(/\.gz$/, ''), plain)
  expect(valuesIn(await everything())).toEqual([5])
})

/** Lets the file system have its turn. */
function settled(): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, 5))
}
