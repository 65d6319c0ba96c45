import { afterEach, beforeEach, expect, test } from 'vitest'
import { openTestRecord } from '../../../test/engine-conformance.ts'
import { at, denied, healed, held, parked, plan, shadowedAndOver, tell } from '../../../test/fixtures/incidents.ts'
import type { NewEntry } from '../../domain/entry.ts'
import type { RecordPort } from '../../domain/ports.ts'
import { keepDay, type DayBook } from './day.ts'

const DAY_MS = 86_400_000
const NOW = at(100_000).wallMs

let record: RecordPort
beforeEach(async () => {
  record = await openTestRecord()
})
afterEach(() => record.close())

/** What a book that counted along says, and one that reads it back. */
async function bothSay(along: DayBook): Promise<object> {
  const said = await along.day(NOW)
  expect(await keepDay(record).day(NOW)).toEqual(said)
  return said
}

test.each([
  ['a run that healed', healed, { acted: 1, healed: 1 }],
  ['a plan that was held', held, { held: 1 }],
  ['a plan that was denied', denied, { denied: 1 }],
  ['a run that is parked', parked, { acted: 1 }],
  ['what ended by itself', shadowedAndOver, { endedAlone: 1 }],
])('%s counts, whether it was counted along or is read back', async (_name, story, expected) => {
  const book = keepDay(record)
  await book.day(NOW)
  await tell(book.record, story)
  const none = { acted: 0, held: 0, denied: 0, healed: 0, endedAlone: 0 }
  expect(await bothSay(book)).toEqual({ ...none, ...expected })
})

test('the same reason in the same incident counts once, another reason again', async () => {
  const book = keepDay(record)
  await tell(book.record, held)
  const [, , { entries: told } = { entries: [] }] = held
  const again = (afterMs: number, remedy: string): Promise<number> => {
    const entries = told.map((entry): NewEntry => {
      if (entry.body.kind !== 'not-run') throw new Error('not what was meant')
      return { ...entry, body: { ...entry.body, plan: { ...plan, remedy } } }
    })
    return book.record.commit({ at: at(afterMs), entries })
  }
  await again(30_000, plan.remedy)
  expect(await bothSay(book)).toMatchObject({ held: 1 })
  await again(40_000, 'restart-service')
  expect(await bothSay(book)).toMatchObject({ held: 2 })
})

test('what is older than a day counts no longer', async () => {
  const book = keepDay(record)
  await tell(book.record, healed)
  expect(await book.day(NOW)).toMatchObject({ healed: 1 })
  expect(await book.day(NOW + DAY_MS)).toMatchObject({ acted: 0, healed: 0 })
  expect(await keepDay(record).day(NOW + DAY_MS)).toMatchObject({ acted: 0, healed: 0 })
})

test('it is read back over many pages', async () => {
  const closed = Array.from({ length: 450 }, (_, i): NewEntry => {
    return { incident: `inc-${i}`, body: { kind: 'incident-closed', endedBy: i % 2 === 0 ? 'kintsugi' : 'itself' } }
  })
  await record.commit({ at: at(0), entries: closed })
  expect(await keepDay(record).day(NOW)).toMatchObject({ healed: 225, endedAlone: 225 })
})
