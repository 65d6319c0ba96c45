import { afterEach, expect, test } from 'vitest'
import { secretFor, startedApi, tokenFor, type StartedApi } from '../../test/fixtures/api.ts'
import { at } from '../../test/fixtures/incidents.ts'
import { feedOf } from '../engine/feed.ts'
import type { AccessToken } from '../config/config.ts'
import { FeedEvent } from './contract/record.ts'

const open: { close(): unknown }[] = []
afterEach(async () => {
  for (const one of open.splice(0).toReversed()) await one.close()
})

async function start(different: Parameters<typeof startedApi>[0] = {}): Promise<StartedApi> {
  const api = await startedApi(different)
  open.push(api)
  return api
}

async function write({ record }: StartedApi, count: number): Promise<void> {
  for (let n = 0; n < count; n++) {
    const body = { kind: 'paged', about: `secret-${n}`, reason: 'x'.repeat(100) } as const
    await record.commit({ at: at(n), entries: [{ body, incident: 'inc-1' }] })
  }
}

type Followed = { readonly began: Promise<void>; readonly text: Promise<string> }

/** Follows the events until `enough`, then hangs up; `began` once the position to begin at is settled. */
function follow(
  { base }: StartedApi,
  query: string,
  enough: (text: string) => boolean,
  headers: Record<string, string> = {},
): Followed {
  const began = Promise.withResolvers<void>()
  const read = async (): Promise<string> => {
    const hangUp = new AbortController()
    const answer = await fetch(`${base}/api/v1/events${query}`, { headers, signal: hangUp.signal })
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/event-stream; charset=utf-8'])
    let text = ''
    for await (const piece of answer.body!.pipeThrough(new TextDecoderStream())) {
      text += piece
      began.resolve()
      if (enough(text)) break
    }
    hangUp.abort()
    return text
  }
  return { began: began.promise, text: read() }
}

const eventsIn = (text: string): FeedEvent[] =>
  [...text.matchAll(/^id: (\d+)\ndata: (.*)\n\n/gm)].map(([, id, data]) => {
    const event = FeedEvent.parse(JSON.parse(data ?? ''))
    expect(event.seq).toBe(Number(id))
    return event
  })
const seqs = (text: string): number[] => eventsIn(text).map(({ seq }) => seq)
const upTo = (seq: number) => (text: string) => text.includes(`id: ${seq}\n`)
const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, n) => from + n)

test('tells of every entry from a position on, in order, and of none of their bodies', async () => {
  const api = await start()
  await write(api, 20)
  const text = await follow(api, '?after=5', upTo(20)).text
  expect(seqs(text)).toEqual(range(6, 20))
  expect(eventsIn(text)[0]).toEqual({ seq: 6, kind: 'paged', at: at(5).wallMs, incident: 'inc-1' })
  expect(text).not.toContain('secret')
})

test('begins with now where nothing else is asked', async () => {
  const api = await start()
  await write(api, 3)
  const followed = follow(api, '', upTo(5))
  await followed.began
  await write(api, 2)
  expect(seqs(await followed.text)).toEqual([4, 5])
})

test('a thousand entries written meanwhile all come, and a cut loses and repeats nothing', async () => {
  const api = await start()
  const writing = write(api, 1000)
  const told: number[] = []
  for (let last = 0; last < 1000;) {
    const until = Math.min(1000, last + 170)
    const header = { 'last-event-id': String(last) }
    // The position of the first call is in the URL for good, as a browser does it: the header is the newer word.
    const text = await follow(api, '?after=0', (got) => seqs(got).some((seq) => seq >= until), header).text
    told.push(...seqs(text))
    last = told.at(-1) ?? 0
  }
  await writing
  expect(told).toEqual(range(1, 1000))
})

test('says that it is there while nothing happens', async () => {
  const api = await start({ heartbeatMs: 20 })
  const beats = (text: string): number => text.split(': still here\n\n').length - 1
  expect(beats(await follow(api, '', (text) => beats(text) >= 3).text)).toBe(3)
})

test('a position of another record means now, and what is no position is refused', async () => {
  const api = await start()
  await write(api, 2)
  const followed = follow(api, '?after=999999', upTo(3))
  await followed.began
  await write(api, 1)
  expect(seqs(await followed.text)).toEqual([3])
  expect((await fetch(`${api.base}/api/v1/events?after=x`)).status).toBe(400)
  expect((await fetch(`${api.base}/api/v1/events?after=-1`)).status).toBe(400)
})

test('ends with the server, and with the token', async () => {
  let tokens: readonly AccessToken[] = [tokenFor('viewer')]
  const api = await start({ access: () => ({ access: { tokens } }), heartbeatMs: 20 })
  const headers = { authorization: `Bearer ${secretFor('viewer')}` }
  const followed = follow(api, '', () => false, headers)
  await followed.began
  tokens = [tokenFor('admin')]
  expect(await followed.text).toContain('retry:')
  tokens = [tokenFor('viewer')]
  const other = follow(api, '', () => false, headers)
  await other.began
  await open.pop()?.close()
  expect(await other.text).toContain('retry:')
})

test('only so many follow at once, and who hangs up makes room', async () => {
  const api = await start()
  const hangUp = new AbortController()
  const many = await Promise.all(range(1, 64).map(() => fetch(`${api.base}/api/v1/events`, { signal: hangUp.signal })))
  expect(many.map(({ status }) => status)).toEqual(Array.from({ length: 64 }, () => 200))
  const refused = await fetch(`${api.base}/api/v1/events`)
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '15'])
  hangUp.abort()
  await expect.poll(async () => status(api)).toBe(200)
})

async function status({ base }: StartedApi): Promise<number> {
  const hangUp = new AbortController()
  const answer = await fetch(`${base}/api/v1/events`, { signal: hangUp.signal })
  hangUp.abort()
  return answer.status
}

test('the feed wakes whoever waits for what is new, and nobody for what they know', async () => {
  const api = await start()
  const feed = feedOf()
  const record = feed.recording(api.record)
  const hangUp = new AbortController()
  const body = { kind: 'paged', about: 'x', reason: 'y' } as const
  const first = feed.beyond(0, hangUp.signal)
  await record.commit({ at: at(1), entries: [{ body }, { body }] })
  await first
  await feed.beyond(1, hangUp.signal)
  let woken = false
  const third = feed.beyond(2, hangUp.signal).then(() => (woken = true))
  await new Promise(setImmediate)
  expect(woken).toBe(false)
  hangUp.abort()
  await third
})
