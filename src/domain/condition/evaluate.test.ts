import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createWindows, type WindowStore } from '../../signals/windows.ts'
import type { Labels } from '../signal.ts'
import { judge, measure, type JudgeContext, type Judgement } from './evaluate.ts'
import { parseCondition, parseExpression } from './parse.ts'

const STEP_MS = 1000
const target = 'lab:shop/instance/web-1'

/** Values by metric, one a second from second 0; null is a second in which nothing came. */
type World = Readonly<Record<string, readonly (number | null)[]>>

function windowsOf(world: World): WindowStore {
  const windows = createWindows()
  for (const [metric, values] of Object.entries(world)) {
    values.forEach((value, i) => value !== null && put(windows, metric, i * STEP_MS, value))
  }
  return windows
}

function put(windows: WindowStore, metric: string, at: number, value: number, labels: Labels = {}): void {
  windows.add({ source: 's', intervalMs: STEP_MS, samples: [{ metric, labels, target, at, value }] })
}

function judgeAt(text: string, world: World, second: number, more: Partial<JudgeContext> = {}): Judgement {
  const windows = windowsOf(world)
  return judge(parseCondition(text), { windows, target, now: second * STEP_MS, wasActive: false, ...more })
}

const stateAt = (...args: Parameters<typeof judgeAt>): Judgement['state'] => judgeAt(...args).state

test('a comparison is true or false on what is seen, and blind on what is not', () => {
  expect(stateAt('x > 1', { x: [2] }, 0)).toBe('true')
  expect(stateAt('x > 1', { x: [1] }, 0)).toBe('false')
  expect(judgeAt('x > 1', {}, 0)).toMatchObject({ state: 'blind', reason: "no series for 'x'" })
  expect(judgeAt('x > 1', { x: [2] }, 60)).toMatchObject({ state: 'blind', reason: "nothing new for 'x' in 60 s" })
  expect(judgeAt('avg(x[1h]) > 1', { x: [2] }, 0).reason).toBe("too little data yet for 'avg(x[1h])'")
  expect(stateAt('not x > 1', {}, 0)).toBe('blind')
  expect(stateAt('x / y > 1', { x: [0], y: [0] }, 0)).toBe('blind')
  expect(stateAt('x != x', { x: [NaN] }, 0)).toBe('blind')
})

test('a judgement keeps by value what it read', () => {
  expect(judgeAt('x > y * 2 and 5 >= x', { x: [3, 9], y: [1] }, 1).evidence).toEqual([
    { signal: 'x', value: 9, limit: 2, at: 1000 },
    { signal: 'y * 2', value: 2, limit: 9, at: 0 },
    { signal: 'x', value: 9, limit: 5, at: 1000 },
  ])
  expect(judgeAt('x > 1', {}, 7).evidence).toEqual([{ signal: 'x', value: null, limit: 1, at: 7000 }])
})

test('and, or: an unknown side matters only where the other does not settle it', () => {
  const world = { x: [1] }
  expect(stateAt('x and gone', world, 0)).toBe('blind')
  expect(stateAt('x == 0 and gone', world, 0)).toBe('false')
  expect(stateAt('x or gone', world, 0)).toBe('true')
  expect(stateAt('x == 0 or gone', world, 0)).toBe('blind')
})

test('a start is neither healthy nor violated: true for less than asked, with nothing known before, is blind', () => {
  const pending = judgeAt('up < 1 for 3 samples', { up: [0, 0] }, 1)
  expect(pending).toMatchObject({ state: 'blind', since: 0 })
  expect(pending.reason).toContain('3 samples are needed')
  expect(stateAt('up < 1 for 3 samples', { up: [1, 0, 0] }, 2)).toBe('false')
  expect(judgeAt('up < 1 for 3 samples', { up: [0, 0, 0] }, 2)).toMatchObject({ state: 'true', since: 0 })
  expect(judgeAt('(up < 1 for 3 samples) and x', { up: [0, 0], x: [1, 1] }, 1)).toMatchObject({ since: 0 })
})

test('a time of blindness breaks the run, and leaves what came before it unknown', () => {
  const gap = [0, 0, 0, 0, null, null, null, null, null, 0, 0]
  expect(judgeAt('up < 1 for 3 samples', { up: gap }, 10)).toMatchObject({ state: 'blind', since: 9000 })
  expect(judgeAt('up < 1', { up: gap }, 10)).toMatchObject({ state: 'true', since: 9000 })
})

const bit = fc.constantFrom(0, 1)
const bits = fc.array(bit, { minLength: 1, maxLength: 30 })

test('for N samples is N true samples in a row, as counted by hand', () => {
  fc.assert(
    fc.property(bits, fc.integer({ min: 1, max: 5 }), (values, n) => {
      const run = values.length - 1 - values.lastIndexOf(0)
      const known = values.includes(0)
      const expected = run >= n ? 'true' : run > 0 && !known ? 'blind' : 'false'
      const judged = judgeAt(`x for ${n} samples`, { x: values }, values.length - 1)
      expect(judged.state).toBe(expected)
      if (expected === 'true') expect(judged.since).toBe((values.length - run) * STEP_MS)
    }),
    { numRuns: 500 },
  )
})

test('for a duration is true at every sample of that time, as counted by hand', () => {
  fc.assert(
    fc.property(bits, fc.integer({ min: 1, max: 6 }), fc.integer({ min: 0, max: 2999 }), (values, seconds, laterMs) => {
      const now = (values.length - 1) * STEP_MS + laterMs
      const firstTrue = values.lastIndexOf(0) + 1
      const heldMs = now - firstTrue * STEP_MS
      const expected =
        values.at(-1) === 0 ? 'false' : heldMs >= seconds * 1000 ? 'true' : values.includes(0) ? 'false' : 'blind'
      expect(stateAt(`x for ${seconds}s`, { x: values }, now / STEP_MS)).toBe(expected)
    }),
    { numRuns: 500 },
  )
})

test('hysteresis is a fold: on after N samples above, off at the first one below', () => {
  const level = fc.array(fc.constantFrom(80, 87, 95), { minLength: 1, maxLength: 30 })
  fc.assert(
    fc.property(level, fc.integer({ min: 1, max: 4 }), fc.boolean(), (values, n, wasActive) => {
      let [active, above, settled] = [wasActive, 0, false]
      for (const value of values) {
        above = value > 90 ? above + 1 : 0
        if (value < 85) [active, settled] = [false, true]
        else if (above >= n) [active, settled] = [true, true]
      }
      const text = `x > 90 for ${n} samples until x < 85`
      const judged = judgeAt(text, { x: values }, values.length - 1, { wasActive })
      const pending = !active && !settled && values.every((value) => value > 90)
      expect(judged.state).toBe(active ? 'true' : pending ? 'blind' : 'false')
    }),
    { numRuns: 1000 },
  )
})

test('judged after every sample or only now and then, hysteresis says the same', () => {
  const level = fc.array(fc.tuple(fc.constantFrom(80, 87, 95), fc.boolean()), { minLength: 1, maxLength: 40 })
  fc.assert(
    fc.property(level, (steps) => {
      const windows = createWindows()
      const condition = parseCondition('x > 90 for 2 samples until x < 85')
      let [always, sometimes] = [false, false]
      steps.forEach(([value, looked], i) => {
        put(windows, 'x', i * STEP_MS, value)
        const context = { windows, target, now: i * STEP_MS } as const
        always = judge(condition, { ...context, wasActive: always }).state === 'true'
        if (!looked) return
        sometimes = judge(condition, { ...context, wasActive: sometimes }).state === 'true'
        expect(sometimes).toBe(always)
      })
    }),
  )
})

test('where everything is stale every condition is blind, whatever it was', () => {
  const texts = `
    x > 1, x < 1, not x, x and y, x or not x, x for 2 samples, x for 1s, x > 1 until x < 1, 1 - x > 0, x == x
    sum(x) > 0, count(x) == 0, count(x{a="b"}) == 0, avg(x[10s]) > 0, rate(x[10s]) == 0, last(x[1h]) > 0
    sum(rate(x{a="b"}[1m])) / sum(rate(x[1m])) >= 0, median(x[1m]) > 0, max(x) > 0 for 1 samples until y`
  const text = fc.constantFrom(
    ...texts
      .split(/[,\n]/)
      .map((line) => line.trim())
      .filter((line) => line !== ''),
  )
  fc.assert(
    fc.property(
      text,
      bits,
      bits,
      fc.boolean(),
      fc.integer({ min: 3001, max: 10 ** 7 }),
      (text, x, y, wasActive, ageMs) => {
        const now = (Math.max(x.length, y.length) - 1) * STEP_MS + ageMs
        expect(stateAt(text, { x, y }, now / STEP_MS, { wasActive })).toBe('blind')
      },
    ),
    { numRuns: 1000 },
  )
})

test('several series must be put together by a function', () => {
  const windows = createWindows()
  put(windows, 'hits', 0, 1, { code: '200' })
  put(windows, 'hits', 0, 5, { code: '500' })
  const context = { windows, target, now: 0, wasActive: false } as const
  const judged = judge(parseCondition('hits > 1'), context)
  expect(judged).toMatchObject({
    state: 'blind',
    reason: expect.stringContaining('matches 2 series: wrap it in sum()'),
  })
  const valueOf = (text: string): number | null => measure(parseExpression(text), context).value
  expect(['sum', 'avg', 'min', 'max', 'count'].map((fn) => valueOf(`${fn}(hits)`))).toEqual([6, 3, 1, 5, 2])
  expect(valueOf('hits{code=~"5.."}')).toBe(5)
})

test('where a metric is seen and nothing of it matches, sum and count are zero and the rest is blind', () => {
  const context = { windows: windowsOf({ hits: [7] }), target, now: 0 } as const
  expect(measure(parseExpression('sum(hits{code=~"5.."})'), context)).toEqual({ value: 0, at: 0, blind: false })
  expect(measure(parseExpression('max(hits{code=~"5.."})'), context).blind).toBe(true)
  expect(measure(parseExpression('sum(gone{code=~"5.."})'), context).blind).toBe(true)
})

test('of two series of one name only the fresh one counts: a restart changes labels', () => {
  const windows = createWindows()
  put(windows, 'up', 0, 0, { pid: '1' })
  put(windows, 'up', 10_000, 1, { pid: '2' })
  expect(measure(parseExpression('up'), { windows, target, now: 10_000 })).toEqual({
    value: 1,
    at: 10_000,
    blind: false,
  })
})

test('samples of a condition over several series are looks at the slowest of them', () => {
  const windows = createWindows()
  for (let i = 0; i < 9; i++) put(windows, 'quick', i * 1000, i === 0 ? 0 : 1)
  for (const at of [0, 8000]) {
    windows.add({ source: 's', intervalMs: 8000, samples: [{ metric: 'slow', labels: {}, target, at, value: 1 }] })
  }
  const context = { windows, target, now: 8000, wasActive: false } as const
  expect(judge(parseCondition('quick and slow for 2 samples'), context).state).toBe('false')
  expect(judge(parseCondition('quick for 2 samples'), context).state).toBe('true')
})

test('parameters stand for numbers, and aliases for expressions', () => {
  const aliases = new Map([
    ['health_check_failed', '1 - reachable'],
    ['reachable', 'up'],
    ['chicken', 'egg + 1'],
    ['egg', 'chicken'],
  ])
  const world = { up: [0, 0], qps: [50, 50] }
  expect(stateAt('health_check_failed for 2 samples', world, 1, { aliases })).toBe('true')
  expect(stateAt('avg(reachable[2s]) < 1', world, 1, { aliases })).toBe('true')
  expect(stateAt('qps > threshold * 2', world, 1, { params: { threshold: 20 } })).toBe('true')
  expect(judgeAt('qps > threshold', world, 1).reason).toBe('what is usual is not known yet: 2 of at least 60 samples')
  expect(judgeAt('chicken > 1', world, 1, { aliases }).reason).toContain('chicken > egg > chicken')
  expect(judgeAt('avg(health_check_failed[2s])', world, 1, { aliases }).reason).toContain('needs a metric there')
})

describe('threshold without a value', () => {
  const usual = Array.from({ length: 60 }, (_, i) => 10 + (i % 3))

  test('is the median of the other side', () => {
    const judged = judgeAt('x > threshold * 2', { x: [...usual, 23] }, 60)
    expect(judged).toMatchObject({ state: 'true', evidence: [{ signal: 'x', value: 23, limit: 22 }] })
    expect(stateAt('x > threshold * 2', { x: [...usual, 22] }, 60)).toBe('false')
    expect(stateAt('2 * threshold < x for 2 samples', { x: [...usual, 23, 23] }, 61)).toBe('true')
    const aliases = new Map([['load', 'x + y']])
    expect(judgeAt('load > threshold', { x: usual, y: usual }, 59, { aliases }).evidence).toMatchObject([{ limit: 22 }])
  })

  test('is the same at every moment, and of the newest 240 samples', () => {
    const windows = createWindows({ capacity: 1000 })
    for (let second = 0; second < 300 + 121; second += 1) put(windows, 'x', second * STEP_MS, second < 300 ? 1 : 5)
    const stateOf = (second: number): Judgement['state'] => stateAt('x > threshold', {}, second, { windows })
    expect([418, 419, 420].map(stateOf)).toEqual(['true', 'true', 'false'])
  })

  test('is blind until there are sixty samples to learn from, and where there is nothing to learn from', () => {
    expect(judgeAt('x > threshold', { x: usual.slice(1) }, 58)).toMatchObject({
      state: 'blind',
      reason: 'what is usual is not known yet: 59 of at least 60 samples',
    })
    expect(stateAt('threshold > 0', { x: usual }, 59)).toBe('blind')
    expect(stateAt('threshold == threshold', { x: usual }, 59)).toBe('blind')
    expect(stateAt('x > threshold', {}, 0)).toBe('blind')
  })

  test('gives way to a value of its own', () => {
    expect(judgeAt('x > threshold', { x: [3] }, 0, { params: { threshold: 2 } }).state).toBe('true')
    expect(judgeAt('x > threshold', { x: [3] }, 0, { aliases: new Map([['threshold', '2']]) }).state).toBe('true')
  })
})

test('a `for` is monotonic: what holds for longer holds for shorter, and what failed shorter fails longer', () => {
  const world = fc.array(fc.constantFrom<number | null>(0, 1, 1, 1, null), { minLength: 1, maxLength: 30 })
  const spans = fc.tuple(
    fc.integer({ min: 1, max: 12 }),
    fc.integer({ min: 0, max: 12 }),
    fc.constantFrom('s', ' samples'),
  )
  fc.assert(
    fc.property(world, spans, (values, [short, more, unit]) => {
      const held = (n: number): Judgement['state'] => stateAt(`x for ${n}${unit}`, { x: values }, values.length - 1)
      const [shorter, longer] = [held(short), held(short + more)]
      if (longer === 'true') expect(shorter).toBe('true')
      if (shorter === 'false') expect(longer).toBe('false')
      if (shorter === 'blind') expect(longer).not.toBe('true')
    }),
    { numRuns: 500 },
  )
})

test('a condition over what is seen and what is not obeys the three-valued laws', () => {
  const text = fc.constantFrom('x > 0', 'x == 0', 'y > 0', 'gone > 0', 'x > y')
  const bitsOrNone = fc.array(fc.constantFrom<number | null>(0, 1, null), { minLength: 1, maxLength: 6 })
  fc.assert(
    fc.property(text, text, text, bitsOrNone, bitsOrNone, (a, b, c, x, y) => {
      const says = (condition: string): Judgement['state'] => stateAt(condition, { x, y }, 5)
      const same = (left: string, right: string): void => expect([left, says(left)]).toEqual([left, says(right)])
      same(`not (not (${a}))`, a)
      same(`not (${a} and ${b})`, `(not ${a}) or (not ${b})`)
      same(`${a} and ${b}`, `${b} and ${a}`)
      same(`${a} and (${b} or ${c})`, `(${a} and ${b}) or (${a} and ${c})`)
      same(`${a} or (${a} and ${b})`, a)
    }),
    { numRuns: 300 },
  )
})
