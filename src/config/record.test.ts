import { expect, test } from 'vitest'
import { parseDuration } from '../lib/duration.ts'
import { retentionOf } from './record.ts'

const ms = (text: string): number => parseDuration(text) ?? Number.NaN

test('a record that nobody tends does not grow for ever: bodies go after 90 days, entries after 400', () => {
  expect(retentionOf({})).toMatchObject({ keepPayloadsMs: ms('90d'), keepEntriesMs: ms('400d') })
})

test('entries are kept as long as they are asked to be, and never for less than their bodies by default', () => {
  expect(retentionOf({ retention: { keepEntriesFor: ms('30d') } }).keepEntriesMs).toBe(ms('30d'))
  expect(retentionOf({ retention: { keepPayloadsFor: ms('730d') } }).keepEntriesMs).toBe(ms('730d'))
  expect(retentionOf({ retention: { keepEntriesFor: ms('36500d') } }).keepEntriesMs).toBe(ms('36500d'))
})
