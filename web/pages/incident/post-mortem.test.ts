import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { IncidentView } from '../../../src/domain/view.ts'
import { HOSTILE } from './hostile.ts'
import { code } from './markdown.ts'
import { postMortem, type Writing } from './post-mortem.ts'
import { STORIES } from './stories.ts'
import { en } from './tongue.en.ts'
import { zh } from './tongue.zh.ts'
import { incidentEn } from './words.en.ts'
import { incidentZh } from './words.zh.ts'

const time = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')} UTC`
const inEnglish: Writing = { words: { ...incidentEn, ...incidentEn.postMortem }, tongue: en, time }
const inChinese: Writing = { words: { ...incidentZh, ...incidentZh.postMortem }, tongue: zh, time }

/** What is left of a line once its code spans are taken out, as CommonMark reads them. */
function outsideCode(line: string): string {
  let rest = ''
  for (let at = 0; at < line.length;) {
    const fence = /^`+/.exec(line.slice(at))?.[0]
    if (fence === undefined) {
      rest += line[at]
      at += 1
      continue
    }
    const from = at + fence.length
    const end = [...line.slice(from).matchAll(/`+/g)].find(([run]) => run.length === fence.length)
    if (end) at = from + end.index + fence.length
    else {
      rest += fence
      at = from
    }
  }
  return rest
}

test('it tells what happened, what was done, what was not, and when', () => {
  const lines = postMortem(STORIES.healed, inEnglish).split('\n')
  expect(lines).toEqual(
    expect.arrayContaining([
      '# Post-mortem of `inc-01m7zc5aed-7g58b51s`: `shop:prod/service/checkout`',
      '`checkout` was slow because the `database` `db-1` ran out of connections; Kintsugi reset its connection pool at 2026-11-21 14:03:12 UTC and users have been well since 2026-11-21 14:03:20 UTC (healed by us).',
      '- Ended: 2026-11-21 14:03:22 UTC (42s)',
      '- Healed by us',
      '- `shop-users` (`shop:prod/service/gateway`): at worst 0.2062 (2026-11-21 14:03:06 UTC), limit 0.02, beyond it for 51s',
      '1. `shop:prod/database/db-1 has no connection left, and 37 requests wait for one` (87 %)',
      '   - against it: `disk_queue = 0.4 (limit 8)`',
      '    - `connections in use: 100 -> 12`',
      '- `restart-instance`: not chosen: `heavier than reset-pool`',
      '- 2026-11-21 13:37:40 UTC: `pool.max of checkout from 20 to 50` (`ana`)',
      '- 2026-11-21 14:03:12 UTC: step done: `reset-pool shop:prod/database/db-1/apply`',
      '- [ ] ',
    ]),
  )
})

test('an open one says so, and which gates were in the way', () => {
  const written = postMortem(STORIES.denied, inEnglish)
  expect(written).toContain('- Ended: it is still open')
  expect(written).toContain('- `reset-pool`: denied')
  expect(written).toMatch(/- gate `never`: .+\n- gate `cooldown`: /)
  expect(postMortem(STORIES.new, inChinese)).toContain('没有记录。')
})

const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.string({ unit: fc.constantFrom('`', ' ', '\n', '\\', 'a', '|', '#', '；', '\u202e'), maxLength: 30 }),
)

test('text from outside stays inside of its code span, whatever is in it', () => {
  fc.assert(
    fc.property(hostile, hostile, (one, other) => {
      const line = `${code(`☠${one}☠`)} and ${code(`☠${other}☠`)}, ${code(one)}.`
      expect(line).not.toMatch(/[\r\n\u202e]/)
      expect(outsideCode(line)).toMatch(/^ and , (?:\(empty\))?\.$/)
    }),
    { numRuns: 2000 },
  )
})

const stories: readonly IncidentView[] = Object.values(STORIES)
const FROM_OUTSIDE = new Set([
  'reason',
  'by',
  'summary',
  'policy',
  'remedy',
  'gate',
  'signal',
  'text',
  'cause',
  'subject',
  'step',
  'name',
  'recommendation',
])

function poisoned(view: IncidentView, word: string): IncidentView {
  const text = JSON.stringify(view, (key, value: unknown) =>
    typeof value === 'string' && FROM_OUTSIDE.has(key) ? `${value}${word}☠` : value,
  )
  return JSON.parse(text) as IncidentView
}

test('nothing from outside becomes markup in either language, in any state', () => {
  fc.assert(
    fc.property(fc.constantFrom(...stories), hostile, (view, word) => {
      for (const writing of [inEnglish, inChinese]) {
        const written = postMortem(poisoned(view, word), writing)
        const rest = written.split('\n').map(outsideCode).join('\n')
        expect(rest).not.toContain('☠')
        expect(rest).not.toMatch(/undefined|NaN|\[object/)
      }
    }),
    { numRuns: 300 },
  )
})

test('an incident that means harm is written down as harmless', () => {
  const rest = postMortem(HOSTILE, inEnglish).split('\n').map(outsideCode).join('\n')
  expect(rest).not.toMatch(/<script|javascript:|@everyone|x{50}/)
})

test('a very long text is cut', () => {
  expect(code('x'.repeat(10_000)).length).toBeLessThan(510)
})
