import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Entry } from '../../../src/domain/entry.ts'
import type { IncidentView } from '../../../src/domain/view.ts'
import { durationText } from '../../../src/lib/duration.ts'
import { HOSTILE } from './hostile.ts'
import { short } from './say.ts'
import { STORIES } from './stories.ts'
import { suretyOf, sentenceOf } from './telling.ts'
import { en } from './tongue.en.ts'
import { shortName, type Say, type Tongue } from './tongue.ts'
import { zh } from './tongue.zh.ts'

const say: Say = {
  time: (ms) => `${new Date(ms).toISOString().slice(11, 19)} UTC`,
  duration: durationText,
  name: (name) => name,
  text: (text) => text,
}

const stories: readonly (readonly [string, IncidentView])[] = Object.entries(STORIES)
const told = (tongue: Tongue): Record<string, string> =>
  Object.fromEntries(stories.map(([name, view]) => [name, sentenceOf(view, tongue, say)]))

const SLOW = 'checkout is slow because the database db-1 ran out of connections'
const WAS_SLOW = 'checkout was slow because the database db-1 ran out of connections'

test('every state has its sentence in English', () => {
  expect(told(en)).toEqual({
    ahead:
      'checkout is on its way to a limit, expected at 18:00:00 UTC; Kintsugi has just seen it and is looking for the cause.',
    new: 'checkout is slow; Kintsugi has just seen it and is looking for the cause.',
    diagnosed: `${SLOW}; nothing has been decided yet.`,
    waiting: `${SLOW}; Kintsugi would reset its connection pool and waits for your yes until 14:18:11 UTC.`,
    rejected: `${SLOW}; ana rejected what Kintsugi proposed (it is month end, not now).`,
    expired: `${SLOW}; nobody answered what Kintsugi proposed in time (not answered within 15m).`,
    superseded: `${SLOW}; what Kintsugi proposed is out of date and was not done (the pool is no longer as it was when it was proposed).`,
    withdrawn: `${SLOW}; Kintsugi withdrew what was proposed (every signal is well again).`,
    held: `${SLOW}; Kintsugi would reset its connection pool, but the gate cooldown holds it: the last attempt on shop:prod/service/checkout was 21s ago.`,
    denied: `${SLOW}; Kintsugi would reset its connection pool, but the gate never forbids it: shop:prod/database/db-1 is on the \`never\` list, and 1 more.`,
    wouldRun: `${SLOW}; Kintsugi would have reset its connection pool, but is in shadow and wrote nothing.`,
    preparing: `${SLOW}; Kintsugi is about to reset its connection pool (since 14:03:10 UTC).`,
    applying: `${SLOW}; Kintsugi is resetting its connection pool (since 14:03:10 UTC).`,
    verifying: `${SLOW}; Kintsugi is resetting its connection pool and checks that it takes effect (since 14:03:10 UTC).`,
    comparing: `${SLOW}; Kintsugi has begun to reset its connection pool, and compares what it treated with what it left alone (since 14:03:10 UTC).`,
    settling: `${SLOW}; Kintsugi has reset its connection pool and is watching whether that helps (since 14:03:10 UTC).`,
    undoing: `${SLOW}; Kintsugi had reset its connection pool and is taking that back (since 14:03:10 UTC).`,
    stopping: `${SLOW}; Kintsugi has reset its connection pool and is watching whether that helps (since 14:03:10 UTC), and stops at the next safe point because ana took over.`,
    ended: `${SLOW}; Kintsugi reset its connection pool at 14:03:12 UTC, which healed it.`,
    helped: `${SLOW}; Kintsugi reset its connection pool at 14:03:12 UTC, which helped, but not enough; that stays, and Kintsugi goes on from there.`,
    rolledBack: `${SLOW}; Kintsugi reset its connection pool at 14:03:12 UTC, which did not help, and took it back at 14:03:21 UTC (nothing got better within 1m).`,
    spent: `${SLOW}; Kintsugi reset its connection pool at 14:03:12 UTC, which did not help and cannot be taken back.`,
    parked: `${SLOW}; Kintsugi reset its connection pool at 14:03:12 UTC, and the run was stopped at 14:03:21 UTC (frozen by \`pause --freeze\`); its lock stays, and a person has to go on.`,
    stuck: `${SLOW}; Kintsugi reset its connection pool at 14:03:12 UTC, and the run got stuck at 14:03:21 UTC (undo of reset-pool shop:prod/database/db-1 failed: the database refused the connection); its lock stays, and a person has to go on.`,
    abandoned: `${SLOW}; Kintsugi began to reset its connection pool, and gave up before anything was changed (reset-pool shop:prod/database/db-1/capture: the database did not answer).`,
    called: `${SLOW}; Kintsugi called a person: the ladder of checkout-slow has come to a person.`,
    nothing: `${SLOW}; nothing is done: no policy covers shop:prod/database/db-1.`,
    released: `${SLOW}; ana released run-01m7zc5ah3-g7q2e4n6 (looked at it), and nothing has been decided since.`,
    takenOver: `${SLOW}; ana took it over at 14:03:15 UTC (I know this one), and Kintsugi begins nothing more in it.`,
    blind: 'Nobody can see now how checkout is; nothing is concluded, and nothing is done.',
    blindRun: `${SLOW} (nobody can see it now); Kintsugi has reset its connection pool and is watching whether that helps (since 14:03:10 UTC).`,
    quiet: `${WAS_SLOW}; Kintsugi reset its connection pool at 14:03:12 UTC; users have been well since 14:03:20 UTC, and the incident is closed once that lasts.`,
    quietAlone: `${WAS_SLOW}; it has been well since 14:03:20 UTC, and the incident is closed once that lasts.`,
    flapping: `${WAS_SLOW}; it came back 3 times, has been well since 14:03:20 UTC, and the incident is closed once that lasts.`,
    healed: `${WAS_SLOW}; Kintsugi reset its connection pool at 14:03:12 UTC and users have been well since 14:03:20 UTC (healed by us).`,
    byItself: `${WAS_SLOW}; it ended by itself at 14:03:22 UTC.`,
    byItselfInShadow: `${WAS_SLOW}; it ended by itself at 14:03:22 UTC; in shadow, Kintsugi would have reset its connection pool.`,
    byItselfAfterRun: `${WAS_SLOW}; Kintsugi reset its connection pool at 14:03:12 UTC, which did not help, and took it back at 14:03:21 UTC; it ended by itself at 14:03:22 UTC.`,
    unknown: `${WAS_SLOW}; it has been well since 14:03:20 UTC, and who ended it is not known.`,
    takenOverAndEnded: `${WAS_SLOW}; ana took it over; it has been well since 14:03:20 UTC, and who ended it is not known.`,
    unlikely: 'checkout is slow perhaps because of hot <b>spot</b> on the database db-1; nothing has been decided yet.',
    pruned: `${SLOW}; nothing is done: cooldown: the last attempt was 21s ago.`,
  })
})

test('every state has its sentence in Chinese', () => {
  expect(told(zh)).toEqual({
    ahead: 'checkout 正在接近上限，预计于 18:00:00 UTC 到达；Kintsugi 刚刚发现，正在查找原因。',
    new: 'checkout 响应缓慢；Kintsugi 刚刚发现，正在查找原因。',
    diagnosed: 'checkout 响应缓慢，原因是数据库 db-1 的连接耗尽；尚未作出决定。',
    waiting:
      'checkout 响应缓慢，原因是数据库 db-1 的连接耗尽；Kintsugi 提议重置它的连接池，等待您在 14:18:11 UTC 之前批准。',
    rejected:
      'checkout 响应缓慢，原因是数据库 db-1 的连接耗尽；ana 拒绝了 Kintsugi 的提议（it is month end, not now）。',
    expired:
      'checkout 响应缓慢，原因是数据库 db-1 的连接耗尽；Kintsugi 的提议无人及时答复（not answered within 15m）。',
    superseded:
      'checkout 响应缓慢，原因是数据库 db-1 的连接耗尽；Kintsugi 的提议已过时，未执行（the pool is no longer as it was when it was proposed）。',
    withdrawn: 'checkout 响应缓慢，原因是数据库 db-1 的连接耗尽；Kintsugi 撤回了提议（every signal is well again）。',
    held: 'checkout 响应缓慢，原因是数据库 db-1 的连接耗尽；Kintsugi 本会重置它的连接池，但关卡 cooldown 暂时拦住了它：the last attempt on shop:prod/service/checkout was 21s ago。',
    denied:
      'checkout 响应缓慢，原因是数据库 db-1 的连接耗尽；Kintsugi 本会重置它的连接池，但关卡 never 不允许：shop:prod/database/db-1 is on the `never` list，另有 1 项。',
    wouldRun:
      'checkout 响应缓慢，原因是数据库 db-1 的连接耗尽；Kintsugi 本会重置它的连接池，但处于影子模式，未写入任何内容。',
    preparing: 'checkout 响应缓慢，原因是数据库 db-1 的连接耗尽；Kintsugi 即将重置它的连接池（自 14:03:10 UTC 起）。',
    applying: 'checkout 响应缓慢，原因是数据库 db-1 的连接耗尽；Kintsugi 正在重置它的连接池（自 14:03:10 UTC 起）。',
    verifying:
      'checkout 响应缓慢，原因是数据库 db-1 的连接耗尽；Kintsugi 正在重置它的连接池，并核实是否生效（自 14:03:10 UTC 起）。',
    comparing:
      'checkout 响应缓慢，原因是数据库 db-1 的连接耗尽；Kintsugi 已开始重置它的连接池，正在将已处理的与未处理的对比（自 14:03:10 UTC 起）。',
    settling:
      'checkout 响应缓慢，原因是数据库 db-1 的连接耗尽；Kintsugi 已重置它的连接池，正在观察是否有效（自 14:03:10 UTC 起）。',
    undoing:
      'checkout 响应缓慢，原因是数据库 db-1 的连接耗尽；Kintsugi 曾重置它的连接池，正在撤销（自 14:03:10 UTC 起）。',
    stopping:
      'checkout 响应缓慢，原因是数据库 db-1 的连接耗尽；Kintsugi 已重置它的连接池，正在观察是否有效（自 14:03:10 UTC 起），并因 ana 接手而将在下一个安全点停下。',
    ended: 'checkout 响应缓慢，原因是数据库 db-1 的连接耗尽；Kintsugi 于 14:03:12 UTC 重置它的连接池，由此修复。',
    helped:
      'checkout 响应缓慢，原因是数据库 db-1 的连接耗尽；Kintsugi 于 14:03:12 UTC 重置它的连接池，有所好转但还不够；效果保留，Kintsugi 继续处理。',
    rolledBack:
      'checkout 响应缓慢，原因是数据库 db-1 的连接耗尽；Kintsugi 于 14:03:12 UTC 重置它的连接池，未见效，于 14:03:21 UTC 已撤销（nothing got better within 1m）。',
    spent:
      'checkout 响应缓慢，原因是数据库 db-1 的连接耗尽；Kintsugi 于 14:03:12 UTC 重置它的连接池，未见效且无法撤销。',
    parked:
      'checkout 响应缓慢，原因是数据库 db-1 的连接耗尽；Kintsugi 于 14:03:12 UTC 重置它的连接池，该次执行于 14:03:21 UTC 被中止（frozen by `pause --freeze`）；锁仍保留，需要人来继续。',
    stuck:
      'checkout 响应缓慢，原因是数据库 db-1 的连接耗尽；Kintsugi 于 14:03:12 UTC 重置它的连接池，该次执行于 14:03:21 UTC 卡住（undo of reset-pool shop:prod/database/db-1 failed: the database refused the connection）；锁仍保留，需要人来继续。',
    abandoned:
      'checkout 响应缓慢，原因是数据库 db-1 的连接耗尽；Kintsugi 曾着手重置它的连接池，在改动之前放弃（reset-pool shop:prod/database/db-1/capture: the database did not answer）。',
    called:
      'checkout 响应缓慢，原因是数据库 db-1 的连接耗尽；Kintsugi 已呼叫值班人员：the ladder of checkout-slow has come to a person。',
    nothing: 'checkout 响应缓慢，原因是数据库 db-1 的连接耗尽；未采取行动：no policy covers shop:prod/database/db-1。',
    released:
      'checkout 响应缓慢，原因是数据库 db-1 的连接耗尽；ana 释放了 run-01m7zc5ah3-g7q2e4n6（looked at it），此后尚未作出决定。',
    takenOver:
      'checkout 响应缓慢，原因是数据库 db-1 的连接耗尽；ana 于 14:03:15 UTC 接手（I know this one），Kintsugi 不再对此开始任何操作。',
    blind: '现在无人能看到 checkout 的状况；不作结论，也不采取行动。',
    blindRun:
      'checkout 响应缓慢，原因是数据库 db-1 的连接耗尽（现在无人能看到）；Kintsugi 已重置它的连接池，正在观察是否有效（自 14:03:10 UTC 起）。',
    quiet:
      'checkout 曾响应缓慢，原因是数据库 db-1 的连接耗尽；Kintsugi 于 14:03:12 UTC 重置它的连接池，自 14:03:20 UTC 起恢复正常，保持稳定后即关闭。',
    quietAlone: 'checkout 曾响应缓慢，原因是数据库 db-1 的连接耗尽；自 14:03:20 UTC 起恢复正常，保持稳定后即关闭。',
    flapping:
      'checkout 曾响应缓慢，原因是数据库 db-1 的连接耗尽；它复发了 3 次，自 14:03:20 UTC 起恢复正常，保持稳定后即关闭。',
    healed:
      'checkout 曾响应缓慢，原因是数据库 db-1 的连接耗尽；Kintsugi 于 14:03:12 UTC 重置它的连接池，用户自 14:03:20 UTC 起恢复正常（由我们修复）。',
    byItself: 'checkout 曾响应缓慢，原因是数据库 db-1 的连接耗尽；它于 14:03:22 UTC 自行结束。',
    byItselfInShadow:
      'checkout 曾响应缓慢，原因是数据库 db-1 的连接耗尽；它于 14:03:22 UTC 自行结束；影子模式下，Kintsugi 本会重置它的连接池。',
    byItselfAfterRun:
      'checkout 曾响应缓慢，原因是数据库 db-1 的连接耗尽；Kintsugi 于 14:03:12 UTC 重置它的连接池，未见效，于 14:03:21 UTC 已撤销；它于 14:03:22 UTC 自行结束。',
    unknown: 'checkout 曾响应缓慢，原因是数据库 db-1 的连接耗尽；自 14:03:20 UTC 起恢复正常，由谁修复尚不清楚。',
    takenOverAndEnded:
      'checkout 曾响应缓慢，原因是数据库 db-1 的连接耗尽；ana 已接手；自 14:03:20 UTC 起恢复正常，由谁修复尚不清楚。',
    unlikely: 'checkout 响应缓慢，原因或许是数据库 db-1 上的 hot <b>spot</b>；尚未作出决定。',
    pruned: 'checkout 响应缓慢，原因是数据库 db-1 的连接耗尽；未采取行动：cooldown: the last attempt was 21s ago。',
  })
})

/** Anything that may stand where words from outside stand. */
const outside = fc.oneof(fc.string({ unit: 'binary', maxLength: 40 }), fc.constantFrom('', '__proto__', 'constructor'))
const NO_WORDS = /undefined|NaN|\[object|null/

/** A story with every word from outside replaced, and what the API may leave out left out. */
const views = fc
  .record({
    story: fc.constantFrom(...stories.map(([, view]) => view)),
    word: outside,
    cut: fc.nat(12),
    isPruned: fc.boolean(),
    without: fc.subarray(['plans', 'charts', 'moments', 'changes'] as const),
    confidence: fc.double({ min: 0, max: 1, noNaN: true }),
  })
  .map(({ story, word, cut, isPruned, without, confidence }) => {
    const entries = story.entries.slice(0, cut)
    const view = { ...story, entries: isPruned ? entries.map(pruned) : entries }
    for (const key of without) view[key] = []
    return { view: reworded(view, word, confidence), word }
  })

function pruned({ body: _body, ...entry }: Entry): Entry {
  return entry
}

const WORDS = new Set(['reason', 'by', 'cause', 'remedy', 'gate', 'subject', 'summary', 'policy', 'signal', 'unlocks'])

function reworded(view: IncidentView, word: string, confidence: number): IncidentView {
  const text = JSON.stringify(view, (key, value: unknown) => {
    if (key === 'confidence') return confidence
    if (key === 'waitingFor' && Array.isArray(value)) return value.map(() => word)
    return typeof value === 'string' && WORDS.has(key) ? word : value
  })
  return JSON.parse(text) as IncidentView
}

test('no view makes it throw, and no sentence speaks of what is not there', () => {
  fc.assert(
    fc.property(views, ({ view, word }) => {
      for (const tongue of [en, zh]) {
        const sentence = sentenceOf(view, tongue, { ...say, name: () => 'N', text: () => 'T' })
        expect(sentence).not.toMatch(NO_WORDS)
        expect(sentence.length).toBeGreaterThan(10)
        if (word.length > 3) expect(sentence).not.toContain(word)
      }
    }),
    { numRuns: 500 },
  )
})

test('a long attempt at mending is told by what healed it, and not by what came before', () => {
  const [healed] = STORIES.healed.plans
  const before = STORIES.rolledBack.plans[0]
  const view = { ...STORIES.healed, plans: [before!, healed!] }
  expect(sentenceOf(view, en, say)).toContain('reset its connection pool at 14:03:12 UTC and users have been well')
})

test('it speaks of users only where a signal of theirs was watched', () => {
  const [healed] = STORIES.healed.plans
  const plan = { ...healed!.plan, verify: { ...healed!.plan.verify, guards: [] } }
  const view = { ...STORIES.healed, plans: [{ ...healed!, plan }] }
  expect(sentenceOf(view, en, say)).toContain('and it has been well since')
})

test('a cause of little confidence is told as one', () => {
  expect([0, 0.49, 0.5, 0.79, 0.8, 1].map((confidence) => suretyOf({ confidence }))).toEqual([
    'perhaps',
    'perhaps',
    'likely',
    'likely',
    'sure',
    'sure',
  ])
})

test('a name is its last part, with its kind where that says something', () => {
  expect(shortName('lab:shop/instance/web-1')).toEqual({ name: 'web-1' })
  expect(shortName('edge:shop/pool/web')).toEqual({ kind: 'pool', name: 'web' })
  expect(shortName('no name')).toEqual({ name: 'no name' })
  expect(shortName('a/b/')).toEqual({ name: 'a/b/' })
})

test('words from outside neither turn the sentence around nor make it endless', () => {
  for (const tongue of [en, zh]) {
    const sentence = sentenceOf(HOSTILE, tongue, { ...say, name: short, text: short })
    // oxlint-disable-next-line no-control-regex
    expect(sentence).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/)
    expect(sentence.length).toBeLessThan(2000)
  }
})
