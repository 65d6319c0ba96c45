import { expect, onTestFinished, test } from 'vitest'
import { fakeClock } from '../../../test/fakes/fake-clock.ts'
import { openTestRecord } from '../../../test/engine-conformance.ts'
import type { RecordPort } from '../../domain/ports.ts'
import { reportWhenDue } from './report.ts'

const HOUR_MS = 3_600_000
const EVERY_HOUR = { ms: HOUR_MS }

async function recordBegun(clock: { moment(): Parameters<RecordPort['commit']>[0]['at'] }): Promise<RecordPort> {
  const record = await openTestRecord()
  onTestFinished(() => record.close())
  const body = { kind: 'resumed', by: 'ada', reason: 'begin' } as const
  await record.commit({ at: clock.moment(), entries: [{ body }] })
  return record
}

const reportsIn = async (record: RecordPort): Promise<number[]> =>
  (await record.entries({ kinds: ['reported'] })).flatMap(({ body }) =>
    body?.kind === 'reported' ? [body.report.to] : [],
  )

test('a report is made once when it is due, not before the record began, and one that was missed is made late', async () => {
  const clock = fakeClock()
  const record = await recordBegun(clock)
  const began = clock.now()
  await reportWhenDue({ record, clock }, EVERY_HOUR)
  expect(await reportsIn(record)).toEqual([])

  await clock.advance(HOUR_MS)
  await reportWhenDue({ record, clock }, EVERY_HOUR)
  await reportWhenDue({ record, clock }, EVERY_HOUR)
  const [first = 0, ...more] = await reportsIn(record)
  expect(more).toEqual([])
  expect(first).toBeGreaterThan(began)

  await clock.advance(3 * HOUR_MS)
  await reportWhenDue({ record, clock }, EVERY_HOUR)
  expect(await reportsIn(record)).toEqual([first, first + 3 * HOUR_MS])
})

test('where none is asked for, none is made', async () => {
  const clock = fakeClock()
  const record = await recordBegun(clock)
  await clock.advance(3 * HOUR_MS)
  await reportWhenDue({ record, clock }, undefined)
  expect(await reportsIn(record)).toEqual([])
})
