import { expect, test } from 'vitest'
import { formatOf } from './format.ts'

const en = formatOf('en', 'UTC')
const zh = formatOf('zh', 'Asia/Shanghai')
const at = Date.UTC(2026, 10, 21, 18, 3, 12)

test('a time says its zone, and its day when that is not today', () => {
  expect(en.time(at, at)).toBe('18:03:12 UTC')
  expect(en.time(at, at + 86_400_000)).toBe('21 Nov, 18:03:12 UTC')
  expect(zh.time(at, at)).toBe('GMT+8 02:03:12')
})

test('a duration says its unit, two at most', () => {
  expect(en.duration(0)).toBe('0s')
  expect(en.duration(250)).toBe('250ms')
  expect(en.duration(4 * 60_000 + 12_345)).toBe('4m 12s')
  expect(en.duration(3_600_000)).toBe('1h')
  expect(en.duration(50 * 3_600_000 + 59_000)).toBe('2d 2h')
  expect(en.duration(-90_000)).toBe('−1m 30s')
  expect(zh.duration(90_000)).toBe('1分钟 30秒')
})
