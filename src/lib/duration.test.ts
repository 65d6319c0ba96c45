import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { durationText, parseDuration } from './duration.ts'

const UNIT_MS = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1000, ms: 1 }

describe('reading', () => {
  test.each([
    ['5m', 300_000],
    ['1h30m', 5_400_000],
    ['250ms', 250],
    ['7d', 604_800_000],
    ['1.5h', 5_400_000],
    ['0s', 0],
  ])('%s', (text, ms) => {
    expect(parseDuration(text)).toBe(ms)
  })

  test.each([
    '',
    ' ',
    '5',
    'm',
    '-5m',
    '+5m',
    '5 m',
    '5m ',
    '5M',
    '5m3',
    '1e3s',
    '5w',
    '.5s',
    '5.s',
    '5m\n',
    '٥m',
    'NaNs',
    '0x5s',
  ])("'%s' is no duration", (text) => {
    expect(parseDuration(text)).toBeUndefined()
  })

  test('more digits than a number holds are no duration', () => {
    expect(parseDuration(`${'9'.repeat(400)}d`)).toBeUndefined()
  })

  test('whatever is typed, it is a number of milliseconds or nothing', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[0-9.dhms]{0,12}$/)), (text) => {
        const ms = parseDuration(text)
        expect(ms === undefined || (Number.isFinite(ms) && ms >= 0)).toBe(true)
      }),
    )
  })
})

describe('writing', () => {
  const times = fc.integer({ min: 0, max: 400 * UNIT_MS.d })

  test.each([
    [5_400_000, '1h30m'],
    [300_000, '5m'],
    [250, '250ms'],
    [0, '0s'],
    [1500, '1s500ms'],
    [90_061_001, '1d1h'],
    [-1500, '-1s500ms'],
    [-0.2, '0s'],
    [Infinity, 'Infinity'],
  ])('%d is %s', (ms, text) => {
    expect(durationText(ms)).toBe(text)
  })

  test('what is written reads back as the same, to its two largest units', () => {
    fc.assert(
      fc.property(times, (ms) => {
        const back = parseDuration(durationText(ms)) ?? Number.NaN
        expect(back).toBeLessThanOrEqual(ms)
        expect(ms - back).toBeLessThan(Math.max(1, ms / 24))
        expect(durationText(back)).toBe(durationText(ms))
      }),
    )
  })

  test('a time of one or two units comes back exactly', () => {
    const units = ['d', 'h', 'm', 's', 'ms'] as const
    fc.assert(
      fc.property(fc.nat(3), fc.integer({ min: 1, max: 20 }), fc.nat(20), (unit, first, second) => {
        const text = `${first}${units[unit]}${second === 0 ? '' : `${second}${units[unit + 1]}`}`
        expect(durationText(parseDuration(text) ?? Number.NaN)).toBe(text)
      }),
    )
  })
})
