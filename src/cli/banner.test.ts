import { expect, test } from 'vitest'
import { at } from '../../test/fixtures/incidents.ts'
import { statusOf } from '../../test/fixtures/operator.ts'
import type { Status } from '../domain/operator.ts'
import { banner, type Unseen } from './banner.ts'
import { timeText } from './units.ts'

const fresh = (...names: string[]): Status['sources'] => names.map((name) => ({ name, fresh: true }))
const blind = (...names: string[]): Status['sources'] => names.map((name) => ({ name, fresh: false }))
const pause = { since: at(0), reason: 'network work', by: 'ann' }

test.each<[string, Status | Unseen, string]>([
  ['in shadow', statusOf(), 'SHADOW · can write: nothing · sources 3/3 fresh · record OK'],
  [
    'live, with one source blind and a pause',
    statusOf({
      mode: 'live',
      canWrite: ['lab:shop/instance/*'],
      sources: [...fresh('lab', 'up'), ...blind('gateway')],
      pause: { ...pause, freeze: false },
    }),
    'LIVE · can write: lab:shop/instance/* · sources 2/3 fresh (gateway blind) · record OK · PAUSED by ann: network work',
  ],
  [
    'frozen',
    statusOf({ mode: 'live', pause: { ...pause, freeze: true } }),
    'LIVE · can write: nothing · sources 3/3 fresh · record OK · FROZEN by ann: network work',
  ],
  [
    'in freeze windows',
    statusOf({
      mode: 'live',
      openWindows: [
        { name: 'feast', reason: 'the sale', since: 0, until: at(0).wallMs, allow: [] },
        { name: 'books', reason: 'r', since: 0, until: at(0).wallMs, allow: [], targets: ['lab:books/**'] },
      ],
    }),
    `LIVE · can write: nothing · sources 3/3 fresh · record OK · FREEZE WINDOW feast until ${timeText(at(0).wallMs)} · FREEZE WINDOW books on lab:books/** until ${timeText(at(0).wallMs)}`,
  ],
  ['with no source at all', statusOf({ sources: [] }), 'SHADOW · can write: nothing · sources none · record OK'],
  [
    'with everything blind',
    statusOf({ sources: blind('a', 'b', 'c', 'd', 'e') }),
    'SHADOW · can write: nothing · sources 0/5 fresh (a, b, c and 2 more blind) · record OK',
  ],
  [
    'with a record that cannot be used',
    statusOf({ record: { ok: false, seq: 7, problem: 'its disk is full' } }),
    'SHADOW · can write: nothing · sources 3/3 fresh · record NOT OK: its disk is full',
  ],
  [
    'that says it is in shadow and can write all the same: both are told',
    statusOf({ canWrite: ['lab:**'] }),
    'SHADOW · can write: lab:** · sources 3/3 fresh · record OK',
  ],
  [
    'without an owner: nothing is assumed',
    { unseen: 'no owner answers' },
    'UNKNOWN (no owner answers) · can write: unknown · sources unknown · record unknown',
  ],
  [
    'without an owner, paused on the record',
    { unseen: 'no owner answers', record: { ok: true, seq: 3 }, pause: { ...pause, freeze: false } },
    'UNKNOWN (no owner answers) · can write: unknown · sources unknown · record OK · PAUSED by ann: network work',
  ],
  [
    'with words that would move the cursor: they are written out, on one line',
    statusOf({ sources: blind('a\u001b[2J\u202e'), pause: { ...pause, freeze: false, reason: 'x\r\nLIVE' } }),
    'SHADOW · can write: nothing · sources 0/1 fresh (a\\u001b[2J\\u202e blind) · record OK · PAUSED by ann: x\\r\\nLIVE',
  ],
])('the first line %s', (_name, status, line) => {
  expect(banner(status)).toBe(line)
})
