import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { fakeClock, type FakeClock } from '../../../test/fakes/fake-clock.ts'
import { quickRecord } from '../../../test/fixtures/record.ts'
import type { Alert, KnownAlert } from '../../domain/alert.ts'
import { RecordUnwritableError, RetryableError } from '../../domain/errors.ts'
import type { Commit } from '../../domain/ports.ts'
import { refOf } from '../../domain/resource.ts'
import type { OwnedRecord } from '../../store/record.ts'
import { verifyRecord } from '../../store/verify.ts'
import { openAlerts, type AlertBook, type AlertBookPorts } from './book.ts'
import { isSilent } from './judge.ts'

const MINUTE = 60_000
let folder: string
let record: OwnedRecord
let clock: FakeClock
let wakes: number
let commits: Commit[]
let refusal: Error | undefined

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'alerts-'))
  record = await quickRecord(folder)
  clock = fakeClock()
  wakes = 0
  commits = []
  refusal = undefined
})
afterEach(async () => {
  await record.close()
  rmSync(folder, { recursive: true })
})

/** The book over the real record, with its commits counted, and refused where the test says so. */
function open(different: Partial<AlertBookPorts> = {}): Promise<AlertBook> {
  const commit = async (commit: Commit): Promise<number> => {
    if (refusal) throw refusal
    const seq = await record.commit(commit)
    commits.push(commit)
    return seq
  }
  return openAlerts({
    record: { alerts: () => record.alerts(), commit },
    clock,
    aim: ({ labels: { pod } }) =>
      pod === undefined ? { kind: 'unmapped', reason: 'no pod' } : { kind: 'mapped', target: targetOf(pod), rule: 0 },
    wake: () => void (wakes += 1),
    ...different,
  })
}

const targetOf = (name: string) => refOf({ connector: 'lab', namespace: 'shop', kind: 'pod', name })

function firing(name: string, different: Partial<Alert> = {}): Alert {
  const labels = { alertname: name }
  const now = clock.now()
  const common = { labels, annotations: {}, fingerprint: name, source: 'alertmanager', receivedAt: now }
  return { ...common, status: 'firing', startsAt: now, ...different }
}

const resolved = (alert: Alert): Alert => ({
  ...alert,
  status: 'resolved',
  endsAt: clock.now(),
  receivedAt: clock.now(),
})
const told = (alerts: readonly KnownAlert[]): string[] =>
  alerts.map(({ fingerprint, status }) => `${fingerprint} ${status}`).sort()
const received = async (): Promise<readonly KnownAlert[]> =>
  (await record.entries({ kinds: ['alerts-received'] })).flatMap(({ body }) =>
    body?.kind === 'alerts-received' ? body.alerts : [],
  )

test('the same delivery again changes nothing, however often it comes', async () => {
  const book = await open()
  const delivery = [firing('a'), firing('b')]
  expect(await book.receive(delivery)).toEqual({ stored: 2, repeated: 0 })
  for (let n = 0; n < 3; n++) expect(await book.receive(delivery)).toEqual({ stored: 0, repeated: 2 })
  const both = await Promise.all([book.receive(delivery), book.receive(delivery)])
  expect(both).toEqual([
    { stored: 0, repeated: 2 },
    { stored: 0, repeated: 2 },
  ])
  expect(told(await received())).toEqual(['a firing', 'b firing'])
  expect(wakes).toBe(1)
})

test('a pair that delivers everything twice, in any order within seconds, makes one start and one end', async () => {
  const book = await open()
  const alert = firing('a')
  await book.receive([alert])
  await clock.advance(MINUTE)
  const end = resolved(alert)
  await book.receive([end])
  await book.receive([{ ...alert, receivedAt: clock.now() }])
  await book.receive([{ ...end, endsAt: clock.now() + 1 }])
  expect(told(await received())).toEqual(['a firing', 'a resolved'])
  expect(told(book.all())).toEqual(['a resolved'])
})

test('one that fires again is news: with a new start at once, with the old one once no copy can be under way', async () => {
  const book = await open()
  const alert = firing('a')
  await book.receive([alert])
  await clock.advance(MINUTE)
  await book.receive([resolved(alert)])
  await clock.advance(1000)
  await book.receive([firing('a')])
  expect(told(book.all())).toEqual(['a firing'])
  await clock.advance(MINUTE)
  await book.receive([resolved(firing('a', { startsAt: clock.now() - MINUTE }))])
  await clock.advance(MINUTE)
  await book.receive([firing('a', { startsAt: clock.now() - MINUTE - 500 })])
  expect(told(book.all())).toEqual(['a firing'])
})

test('an end that belongs to an earlier occurrence ends nothing', async () => {
  const book = await open()
  const first = firing('a', { startsAt: clock.now() - 10 * MINUTE })
  await book.receive([firing('a', { startsAt: clock.now() - MINUTE })])
  await book.receive([{ ...first, status: 'resolved', endsAt: clock.now() - 5 * MINUTE }])
  expect(told(book.all())).toEqual(['a firing'])
})

test('a restart brings back what was known, whatever came before it', async () => {
  const names = fc.constantFrom('a', 'b', 'c', 'd')
  const step = fc.record({ name: names, end: fc.boolean(), pod: fc.boolean(), afterMs: fc.nat(30 * MINUTE) })
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 20 }), async (steps) => {
      const book = await open()
      for (const { name, end, pod, afterMs } of steps) {
        const alert = firing(name, pod ? { labels: { alertname: name, pod: 'web-1' } } : {})
        await book.receive([end ? resolved(alert) : alert])
        await clock.advance(afterMs)
      }
      const again = await open()
      expect(again.all()).toEqual(expect.arrayContaining([...book.all()]))
      expect(again.all()).toHaveLength(book.all().length)
      expect(told(again.on(targetOf('web-1')))).toEqual(told(book.on(targetOf('web-1'))))
      expect(told(again.unmapped())).toEqual(told(book.unmapped()))
    }),
    { numRuns: 20 },
  )
  expect(verifyRecord(folder)).toMatchObject({ ok: true })
})

test('the record keeps the entries that still count, and lets the others go', async () => {
  const book = await open()
  const alert = firing('a')
  await book.receive([alert, firing('b')])
  await clock.advance(MINUTE)
  await book.receive([resolved(alert)])
  expect(await record.alerts()).toHaveLength(2)
  await clock.advance(MINUTE)
  await book.receive([resolved(firing('b'))])
  await book.receive([firing('c')])
  expect((await record.alerts()).map(({ alerts }) => told(alerts))).toEqual([
    ['a resolved'],
    ['b resolved'],
    ['c firing'],
  ])
  await clock.advance(61 * MINUTE)
  await book.receive([firing('d')])
  expect((await record.alerts()).map(({ alerts }) => told(alerts))).toEqual([['c firing'], ['d firing']])
})

test('what retention would prune stays as long as its alert counts', async () => {
  const book = await open()
  await book.receive([firing('a')])
  const keep = { sealAfterEntries: 1, sealAfterMs: 0, keepPayloadsMs: 0, keepEntriesMs: 0 }
  for (let n = 0; n < 5; n++) await record.retain(keep)
  expect(told((await open()).all())).toEqual(['a firing'])
  await book.receive([resolved(firing('a'))])
  await clock.advance(61 * MINUTE)
  await book.receive([firing('b')])
  for (let n = 0; n < 5; n++) await record.retain(keep)
  expect(told(await received())).toEqual(['b firing'])
  expect(verifyRecord(folder)).toMatchObject({ ok: true })
})

test('deliveries that arrive together are one commit, and each resolves once it is durable', async () => {
  const book = await open()
  const deliveries = Array.from({ length: 100 }, (_, n) => book.receive([firing(`a${n}`), firing(`b${n}`)]))
  expect(book.all()).toEqual([])
  expect(await Promise.all(deliveries)).toEqual(deliveries.map(() => ({ stored: 2, repeated: 0 })))
  expect(commits).toHaveLength(1)
  expect(wakes).toBe(1)
  expect(book.all()).toHaveLength(200)
})

test('a storm wakes the loop at once, and then now and then, the last news included', async () => {
  const book = await open()
  for (let n = 0; n < 10; n++) await book.receive([firing(`a${n}`)])
  expect(wakes).toBe(1)
  await clock.advance(100)
  expect(wakes).toBe(2)
  await book.receive([firing('b')])
  expect(wakes).toBe(3)
})

test('what the record refuses is refused to all who wait for it, and taken when it comes again', async () => {
  const book = await open()
  refusal = new RecordUnwritableError('its disk is full')
  const tries = await Promise.allSettled([book.receive([firing('a')]), book.receive([firing('a')])])
  expect(tries.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  expect(book.all()).toEqual([])
  refusal = undefined
  expect(await book.receive([firing('a')])).toEqual({ stored: 1, repeated: 0 })
})

test('an alert nobody sends any more goes silent, which is neither firing nor well; a repeat brings it back', async () => {
  const book = await open()
  const posted = (): Alert => firing('a', { startsAt: 5, endsAt: clock.now() + 5 * MINUTE })
  await book.receive([posted()])
  await clock.advance(4 * MINUTE)
  expect(await book.receive([posted()])).toEqual({ stored: 0, repeated: 1 })
  await clock.advance(4 * MINUTE)
  const silent = () => book.all().map((alert) => isSilent(alert, clock.now()))
  expect(silent()).toEqual([false])
  await clock.advance(MINUTE)
  expect(silent()).toEqual([true])
  expect(told(book.all())).toEqual(['a firing'])
  await book.receive([posted()])
  expect(silent()).toEqual([false])
  await clock.advance(25 * 60 * MINUTE)
  expect(book.all()).toEqual([])
})

test('a repeat is written again once a day', async () => {
  const book = await open()
  const alert = firing('a')
  for (let hour = 0; hour < 50; hour++) {
    await book.receive([{ ...alert, receivedAt: clock.now() }])
    await clock.advance(60 * MINUTE)
  }
  expect(commits).toHaveLength(3)
})

test('two that report one alert with starts of their own agree on the first', async () => {
  const book = await open()
  const start = clock.now()
  const from = (startsAt: number): Alert => firing('a', { startsAt, endsAt: clock.now() + 5 * MINUTE })
  for (let n = 0; n < 5; n++) {
    await book.receive([from(start)])
    await book.receive([from(start - 7000)])
    await clock.advance(MINUTE)
  }
  expect(book.all().map(({ startsAt }) => startsAt)).toEqual([start - 7000])
  expect(commits).toHaveLength(2)
})

test('a repeat that names a target now, where it named none before, is news', async () => {
  let target: string | undefined
  const book = await open({
    aim: () =>
      target === undefined
        ? { kind: 'unmapped', reason: 'not seen yet' }
        : { kind: 'mapped', target: targetOf(target), rule: 3 },
  })
  const alert = firing('a')
  await book.receive([alert])
  expect(book.unmapped()).toHaveLength(1)
  target = 'web-1'
  expect(await book.receive([alert])).toEqual({ stored: 1, repeated: 0 })
  expect(book.unmapped()).toEqual([])
  expect(book.on(targetOf('web-1'))).toHaveLength(1)
})

test('a full book sheds resolved alerts, the oldest first, then refuses what is new and still takes what is known', async () => {
  const book = await open({ most: 3 })
  const [a, b, c] = [firing('a'), firing('b'), firing('c')]
  await book.receive([a, b])
  await clock.advance(1000)
  await book.receive([resolved(b)])
  await book.receive([resolved(a)])
  await book.receive([c])
  await book.receive([firing('d')])
  expect(told(book.all())).toEqual(['a resolved', 'c firing', 'd firing'])
  await book.receive([firing('e')])
  const refused = book.receive([firing('f')])
  await expect(refused).rejects.toBeInstanceOf(RetryableError)
  await expect(refused).rejects.toMatchObject({ retryAfterMs: 30_000 })
  expect(await book.receive([c])).toEqual({ stored: 0, repeated: 1 })
  expect(await book.receive([resolved(c)])).toEqual({ stored: 1, repeated: 0 })
  expect(await book.receive([firing('f')])).toEqual({ stored: 1, repeated: 0 })
})
