import { createServer, type Server } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import fc from 'fast-check'
import { afterEach, expect, test } from 'vitest'
import { drain, fakeClock } from '../../test/fakes/fake-clock.ts'
import { answerControl, Refusal, type Page } from './control-page.ts'
import { operation, specsDocument, type Keeping, type SpecsDocument, type SpecsOptions } from './control.ts'
import type { Values } from './held-values.ts'

const SECOND = 1000

const numbersOnly: SpecsOptions['check'] = (name, value) =>
  name.length === 1 && (value === null || typeof value === 'number') ? undefined : 'one letter, a number'

function documentOn(clock = fakeClock(), more: Partial<SpecsOptions> = {}): SpecsDocument {
  return specsDocument({ initial: { a: 1, b: 1 }, check: numbersOnly, clock, ...more })
}

let keys = 0
const revisionOf = (document: Page): unknown => (document.get() as { revision: string }).revision
const set = (document: Page, values: Values, holdMs?: number): unknown =>
  document.post({ values, ifRevision: revisionOf(document), key: `k${keys++}`, ...(holdMs && { holdMs }) })

test('a change is told apart from the one before, and null takes a value away', () => {
  const document = documentOn()
  const first = revisionOf(document)
  set(document, { a: 2, b: null, c: 3 })
  expect(document.values()).toEqual({ a: 2, c: 3 })
  expect(revisionOf(document)).not.toBe(first)
})

test('the same key again does nothing more, and gets the first answer', () => {
  const document = documentOn()
  const change = { values: { a: 2 }, ifRevision: revisionOf(document), key: 'same' }
  const answer = document.post(change)
  set(document, { a: 3 })
  expect(document.post(change)).toEqual({ ...answer, repeated: true })
  expect(document.values()).toEqual({ a: 3, b: 1 })
})

test.each([
  [409, { values: { a: 2 }, ifRevision: 'another', key: 'k' }],
  [422, { values: { a: 2, long: 2 }, key: 'k' }],
  [422, { values: { a: 'x' }, key: 'k' }],
  [422, { values: { constructor: 1 }, key: 'k', holdMs: 5 }],
  [422, { values: { a: 2 }, key: 'k', holdMs: 0 }],
  [400, { values: [], key: 'k' }],
  [400, { values: { a: 2 } }],
])('what is not taken is a %i, and nothing is done: %j', (status, body) => {
  const document = documentOn()
  const before = document.get()
  expect(refusal(() => document.post({ ifRevision: revisionOf(document), ...body }))).toBe(status)
  expect(document.get()).toEqual(before)
})

function refusal(act: () => unknown): number {
  try {
    act()
  } catch (thrown) {
    if (thrown instanceof Refusal) return thrown.status
  }
  throw new Error('it was not refused')
}

test('what is held is taken back by itself: exactly the names that were set, each to what it was', async () => {
  const clock = fakeClock()
  const seen: Values[] = []
  const document = documentOn(clock, { onChange: (values) => void seen.push(values) })
  set(document, { a: 5, c: 5 }, 10 * SECOND)
  set(document, { b: 7 })
  const held = revisionOf(document)
  await clock.advance(9 * SECOND)
  expect(document.values()).toEqual({ a: 5, b: 7, c: 5 })
  await clock.advance(1 * SECOND)
  expect(document.values()).toEqual({ a: 1, b: 7 })
  expect(revisionOf(document)).not.toBe(held)
  expect(seen.at(-1)).toEqual({ a: 1, b: 7 })
})

test('what somebody has set since stays, also to the same value', async () => {
  const clock = fakeClock()
  const document = documentOn(clock)
  set(document, { a: 5, b: 5 }, 10 * SECOND)
  set(document, { a: 5 })
  await clock.advance(20 * SECOND)
  expect(document.values()).toEqual({ a: 5, b: 1 })
})

test('of two holds on a name the later counts, and under it the earlier as long as that lasts', async () => {
  const clock = fakeClock()
  const [long, short] = [documentOn(clock), documentOn(clock)]
  set(long, { a: 5 }, 30 * SECOND)
  set(long, { a: 6 }, 10 * SECOND)
  set(short, { a: 5 }, 5 * SECOND)
  set(short, { a: 6 }, 10 * SECOND)
  await clock.advance(7 * SECOND)
  expect([long.values()['a'], short.values()['a']]).toEqual([6, 6])
  await clock.advance(5 * SECOND)
  expect([long.values()['a'], short.values()['a']]).toEqual([5, 1])
  await clock.advance(20 * SECOND)
  expect(long.values()['a']).toBe(1)
})

test('whatever is held over whatever, in the end only what was set to stay is left', async () => {
  const names = fc.constantFrom('a', 'b', 'c')
  const change = fc.record({
    values: fc.dictionary(names, fc.option(fc.integer({ min: 0, max: 9 }))),
    holdMs: fc.option(fc.integer({ min: 1, max: 50 }), { nil: undefined }),
    thenMs: fc.integer({ min: 0, max: 30 }),
  })
  const property = fc.asyncProperty(fc.array(change), async (changes) => {
    const clock = fakeClock()
    const document = documentOn(clock)
    const stays = new Map<string, unknown>(Object.entries({ a: 1, b: 1 }))
    for (const { values, holdMs, thenMs } of changes) {
      set(document, values, holdMs)
      for (const [name, value] of Object.entries(values)) if (holdMs === undefined) stays.set(name, value)
      await clock.advance(thenMs)
    }
    await clock.advance(100)
    expect(document.values()).toEqual(Object.fromEntries([...stays].filter(([, value]) => value !== null)))
  })
  await fc.assert(property, { numRuns: 50 })
})

test('a document that is kept goes on in the next process: values, revision, keys and holds', async () => {
  const clock = fakeClock()
  const persist = inMemory()
  const first = documentOn(clock, { persist })
  const change = { values: { a: 5 }, ifRevision: revisionOf(first), key: 'k', holdMs: 10 * SECOND }
  first.post(change)
  first.close()
  await clock.advance(4 * SECOND)

  const second = documentOn(clock, { persist })
  expect(second.get()).toEqual(first.get())
  expect(second.post(change)).toMatchObject({ repeated: true })
  await clock.advance(6 * SECOND)
  expect(second.values()).toEqual({ a: 1, b: 1 })
  expect(first.values()).toEqual({ a: 5, b: 1 })
})

test('a hold that nobody watched run out, or of before a reboot, is taken back when the document is loaded', async () => {
  for (const past of ['a long time', 'a reboot']) {
    const clock = fakeClock()
    const persist = inMemory()
    const first = documentOn(clock, { persist })
    set(first, { a: 5 }, 10 * SECOND)
    first.close()
    if (past === 'a reboot') clock.reboot()
    else await clock.advance(60 * SECOND)
    const second = documentOn(clock, { persist })
    expect([past, second.values()]).toEqual([past, { a: 1, b: 1 }])
    expect(revisionOf(second)).not.toBe(revisionOf(first))
  }
})

test('a change that cannot be kept is not made; an expiry is', async () => {
  const clock = fakeClock()
  const memory = inMemory()
  let full = false
  const save = (text: string): void => {
    if (full) throw new Error('no space left on device')
    memory.save(text)
  }
  const document = documentOn(clock, { persist: { ...memory, save } })
  set(document, { a: 5 }, 10 * SECOND)
  full = true
  expect(() => set(document, { b: 5 })).toThrow('no space left')
  expect(document.values()).toEqual({ a: 5, b: 1 })
  await clock.advance(10 * SECOND)
  expect(document.values()).toEqual({ a: 1, b: 1 })
})

function inMemory(): Keeping {
  let text: string | undefined
  return { load: () => text, save: (next) => void (text = next) }
}

test('an operation is done once for a key, in turn, and counts up', async () => {
  let done = 0
  const page = operation({
    facts: () => ({ size: 3 }),
    run: async () => drain().then(() => void done++),
    clock: fakeClock(),
  })
  const { generation, facts } = page.get() as { generation: number; facts: Values }
  expect(facts).toEqual({ size: 3 })
  const order = { params: {}, ifGeneration: generation, key: 'k1' }
  const ends = await Promise.allSettled([page.post(order), page.post({ ...order, key: 'k2' }), page.post(order)])
  expect(ends.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  expect(ends[2]).toMatchObject({ value: { generation: generation + 1, repeated: true } })
  expect([done, page.get()]).toEqual([1, { generation: generation + 1, facts }])
})

test('an operation that failed may be tried again under its key; an earlier life is another generation', async () => {
  const clock = fakeClock()
  const before = operation({ facts: () => ({}), run: () => {}, clock }).get()
  await clock.advance(1)
  let broken = true
  const run = (): void => {
    if (broken) throw new Error('it is stuck')
  }
  const page = operation({ facts: () => ({}), run, clock, check: ({ x }) => (x === 1 ? undefined : 'x must be 1') })
  expect(page.get()).not.toEqual(before)
  const order = { params: { x: 1 }, ifGeneration: (page.get() as { generation: number }).generation, key: 'k' }
  await expect(page.post({ ...order, params: {} })).rejects.toMatchObject({ status: 422 })
  await expect(page.post(order)).rejects.toThrow('it is stuck')
  broken = false
  expect(await page.post(order)).toMatchObject({ repeated: false })
})

const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections()
})

test('over HTTP every answer is JSON, with the status of the refusal', async () => {
  const document = documentOn()
  const server = createServer((request, response) => answerControl(document, request, response)).listen(0, '127.0.0.1')
  servers.push(server)
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  const post = async (body: string): Promise<unknown[]> => {
    const answer = await fetch(url, { method: 'POST', body })
    return [answer.status, await answer.json()]
  }
  expect(await (await fetch(url)).json()).toEqual(document.get())
  expect(await post('{')).toEqual([400, { error: expect.stringContaining('cannot read the body') }])
  expect(await post('[]')).toEqual([400, { error: 'the body is no JSON object' }])
  expect(await post(JSON.stringify({ values: {}, key: 'k', ifRevision: 'x' }))).toMatchObject([409, {}])
  expect(await post('x'.repeat(100_000))).toMatchObject([413, {}])
  expect((await fetch(url, { method: 'DELETE' })).status).toBe(404)
  const good = { values: { a: 2 }, ifRevision: revisionOf(document), key: 'k' }
  expect(await post(JSON.stringify(good))).toEqual([200, { revision: revisionOf(document), repeated: false }])
})
