import { describe, expect, test } from 'vitest'
import { judge, remember, type Look, type Remembered } from './witness.ts'

type Seen = Exclude<Look, { unreachable: string }>
const look = (at: number, turns: number, seq: number, more: Partial<Seen> = {}): Seen => ({
  at,
  status: { startedAt: 1, loop: { turns, turnMs: 1, lagMs: 0 }, record: { ok: true, seq }, ...more.status },
  head: { seq, chain: `c${seq}` },
  ...more,
})
const status = (more: Partial<Seen['status']>): Seen['status'] => ({ ...look(0, 5, 9).status, ...more })

/** What is found at the last of several looks. */
function found(...looks: readonly Look[]): string {
  let before: Remembered | undefined
  let last = ''
  for (const one of looks) {
    last = judge(before, one).finding
    before = remember(before, one) ?? before
  }
  return last
}

describe('a witness finds', () => {
  test('what is well', () => {
    expect(found(look(0, 1, 1))).toBe('well')
    expect(found(look(0, 1, 1), look(10_000, 9, 4, { chainBefore: 'c1' }))).toBe('well')
  })

  test('what does not answer', () => {
    expect(judge(undefined, { at: 0, unreachable: 'no answer' })).toEqual({
      finding: 'unreachable',
      message: 'it does not answer: no answer',
    })
  })

  test('a loop that has not turned for ten seconds, and not one that was only looked at twice at once', () => {
    expect(found(look(0, 7, 1), look(1000, 7, 1))).toBe('well')
    expect(found(look(0, 7, 1), look(5000, 7, 1), look(10_000, 7, 1))).toBe('loop-stuck')
    expect(found(look(0, 7, 1), look(5000, 8, 1), look(10_000, 8, 1))).toBe('well')
    const restarted = look(10_000, 7, 1, { status: status({ startedAt: 2, loop: { turns: 7, turnMs: 1, lagMs: 0 } }) })
    expect(found(look(0, 7, 1), restarted)).toBe('well')
  })

  test('a record that ends earlier than it did, once', () => {
    const looks = [look(0, 1, 9), look(1000, 2, 4)]
    expect(found(...looks)).toBe('record-replaced')
    expect(judge(remember(undefined, looks[0]!), looks[1]!).message).toContain(
      'it ends at entry 4, and had ended at entry 9',
    )
    expect(found(...looks, look(2000, 3, 5, { chainBefore: 'c4' }))).toBe('well')
  })

  test('one that ends later, and has another entry where it ended', () => {
    expect(found(look(0, 1, 9), look(1000, 2, 12, { chainBefore: 'other' }))).toBe('record-replaced')
  })

  test('what happened while nobody answered, after all', () => {
    expect(found(look(0, 1, 9), { at: 1, unreachable: 'x' }, look(1000, 2, 4))).toBe('record-replaced')
  })

  test('a record that cannot be written, a freeze, and what it says of itself', () => {
    expect(found(look(0, 1, 1, { status: status({ record: { ok: false, seq: 1, problem: 'full' } }) }))).toBe(
      'record-unwritable',
    )
    const since = { wallMs: 0, bootMs: 0, bootId: 'b' }
    expect(found(look(0, 1, 1, { status: status({ pause: { freeze: true, since, reason: 'r', by: 'ann' } }) }))).toBe(
      'frozen',
    )
    expect(found(look(0, 1, 1, { status: status({ pause: { freeze: false, since, reason: 'r', by: 'ann' } }) }))).toBe(
      'well',
    )
    const self = { footing: [], ailments: [{ what: 'no watchdog', since: 0, unlocks: 'x' }] }
    expect(found(look(0, 1, 1, { status: status({ self }) }))).toBe('ailing')
  })
})
