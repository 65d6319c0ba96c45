import { expect, test } from 'vitest'
import { momentOf } from './when.ts'

const NOW = Date.UTC(2026, 0, 31, 12)
const HOUR_MS = 3_600_000

test.each([
  ['now', NOW],
  ['-24h', NOW - 24 * HOUR_MS],
  ['now-90m', NOW - 1.5 * HOUR_MS],
  ['2026-01-31T03:00:00Z', Date.UTC(2026, 0, 31, 3)],
  ['2026-01-31T03:00:00.250+01:00', Date.UTC(2026, 0, 31, 2) + 250],
  ['2026-01-31', Date.UTC(2026, 0, 31)],
  ['1769828400', 1_769_828_400_000],
  ['1769828400.5', 1_769_828_400_500],
  ['1769828400123', 1_769_828_400_123],
])('%s is a moment', (text, at) => expect(momentOf(text, '--from', NOW)).toBe(at))

test.each(['', 'yesterday', '5x', '-5', '24h', '2026-13-01', '31.01.2026', '2026-01-31T03:00'])(
  '%s is none, and the message says what would be',
  (text) => expect(() => momentOf(text, '--from', NOW)).toThrow(/cannot read --from .*RFC|cannot read --from .*-24h/),
)
