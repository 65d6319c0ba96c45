import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { fakeClock, type FakeClock } from '../../test/fakes/fake-clock.ts'
import type { Alerts, KnownAlert } from '../domain/alert.ts'
import type { Hand } from '../domain/hand.ts'
import type { ResourceRef } from '../domain/resource.ts'
import type { Labels } from '../domain/signal.ts'
import { systemClock } from '../lib/clock.ts'
import { watchSilences, type Silences } from './silences.ts'

const WEB_1: ResourceRef = 'lab:shop/instance/web-1'
const WEB_2: ResourceRef = 'lab:shop/instance/web-2'

type Told = { name: string; value: string; isRegex?: boolean; isEqual?: boolean }

let server: Server
let answer: { status: number; body: string }
let clock: FakeClock
let url: string

beforeEach(async () => {
  clock = fakeClock()
  answer = { status: 200, body: '[]' }
  server = createServer((request, response) => {
    response.writeHead(request.url === '/am/api/v2/silences' ? answer.status : 404)
    response.end(answer.body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/am/`
})
afterEach(() => {
  server.closeAllConnections()
  server.close()
})

function alertOn(target: ResourceRef, labels: Labels, more: Partial<KnownAlert> = {}): KnownAlert {
  const base = { fingerprint: 'f', status: 'firing', annotations: {}, startsAt: 0, source: 'x', receivedAt: 0 } as const
  return { ...base, labels, severity: 'high', aim: { kind: 'mapped', target, rule: 0 }, ...more }
}

function watching(alerts: readonly KnownAlert[] = []): Silences {
  const on = (target: ResourceRef): KnownAlert[] =>
    alerts.filter(({ aim }) => aim.kind === 'mapped' && aim.target === target)
  const book: Alerts = { on, targets: () => alerts.flatMap(({ aim }) => (aim.kind === 'mapped' ? [aim.target] : [])) }
  return watchSilences(
    { url, intervalMs: 10_000, timeoutMs: 2000 },
    {
      // Sockets answer in real time; what is old is told by the other one.
      clock: { ...systemClock(), now: () => clock.now(), moment: () => clock.moment() },
      alerts: book,
      aim: ({ labels }) =>
        labels['pod'] === 'web-1' ? { kind: 'mapped', target: WEB_1, rule: 0 } : { kind: 'unmapped', reason: 'none' },
    },
  )
}

const silence = (matchers: readonly Told[], more: object = {}): object => ({
  id: 'a',
  status: { state: 'active' },
  createdBy: 'bob',
  comment: 'moving\nthe rack',
  startsAt: new Date(clock.now() - 60_000).toISOString(),
  endsAt: new Date(clock.now() + 60_000).toISOString(),
  updatedAt: new Date(clock.now()).toISOString(),
  matchers: matchers.map((one) => ({ isRegex: false, isEqual: true, ...one })),
  ...more,
})

async function look(silences: Silences): Promise<void> {
  const [round] = silences.source.round()
  await round?.look(clock.now(), new AbortController().signal)
}

async function handsWith(
  told: readonly object[],
  alerts: readonly KnownAlert[],
  near = [WEB_1, WEB_2],
): Promise<Hand[]> {
  const silences = watching(alerts)
  answer = { status: 200, body: JSON.stringify(told) }
  await look(silences)
  return [...silences.hands(new Set(near))]
}

test('a silence that mutes an alert of the target is a hand, with who, what, since and until', async () => {
  const firing = alertOn(WEB_1, { alertname: 'Down', job: 'web' })
  const hands = await handsWith([silence([{ name: 'alertname', value: 'Down' }])], [firing])
  expect(hands).toEqual([
    {
      kind: 'silence',
      target: WEB_1,
      who: 'bob',
      what: 'moving\\nthe rack {alertname=Down}',
      since: clock.now() - 60_000,
      until: clock.now() + 60_000,
    },
  ])
})

test.each<[string, Told, boolean]>([
  ['=', { name: 'job', value: 'web' }, true],
  ['= of another value', { name: 'job', value: 'api' }, false],
  ['!=', { name: 'job', value: 'api', isEqual: false }, true],
  ['!= of its value', { name: 'job', value: 'web', isEqual: false }, false],
  ['=~, anchored', { name: 'job', value: 'we.', isRegex: true }, true],
  ['=~ of a part', { name: 'job', value: 'we', isRegex: true }, false],
  ['!~', { name: 'job', value: 'api|db', isRegex: true, isEqual: false }, true],
  ['!~ of its value', { name: 'job', value: 'w.*', isRegex: true, isEqual: false }, false],
  ['a label that it has not', { name: 'team', value: '' }, true],
  ['a pattern that could cost too much: taken for a match', { name: 'job', value: '(x+)+y', isRegex: true }, true],
  ['a pattern that is none of ours: taken for a match', { name: 'job', value: '(?i)API', isRegex: true }, true],
])('matches by %s', async (_, matcher, isAbout) => {
  const hands = await handsWith([silence([matcher])], [alertOn(WEB_2, { alertname: 'Down', job: 'web' })])
  expect(hands.map(({ target }) => target)).toEqual(isAbout ? [WEB_2] : [])
})

test('an alert that no longer fires is not muted', async () => {
  const alerts = [alertOn(WEB_2, { job: 'web' }, { status: 'resolved' })]
  expect(await handsWith([silence([{ name: 'job', value: 'web' }])], alerts)).toEqual([])
})

test('without any alert, the labels of its equalities name the target', async () => {
  const told = [
    silence([
      { name: 'pod', value: 'web-1' },
      { name: 'x', value: '.*', isRegex: true },
    ]),
  ]
  expect((await handsWith(told, [])).map(({ target }) => target)).toEqual([WEB_1])
  expect(await handsWith(told, [], [WEB_2])).toEqual([expect.objectContaining({ target: WEB_1 })])
})

test('what has expired is none; what is still to begin is one from then on', async () => {
  const about = [{ name: 'pod', value: 'web-1' }]
  const later = { startsAt: new Date(clock.now() + 5000).toISOString(), status: { state: 'pending' } }
  const silences = watching()
  answer.body = JSON.stringify([silence(about, { status: { state: 'expired' } }), silence(about, later)])
  await look(silences)
  expect(silences.hands()).toEqual([])
  await clock.advance(5000)
  expect(silences.hands()).toHaveLength(1)
})

test('before the first answer, and after three intervals without one, nobody knows: a hand on everything', async () => {
  const silences = watching()
  const unknown = [expect.objectContaining({ kind: 'silence', what: expect.stringContaining('not known') })]
  expect(silences.hands(new Set([WEB_2]))).toEqual(unknown)
  expect(silences.hands()[0]).not.toHaveProperty('target')
  await look(silences)
  expect(silences.hands()).toEqual([])
  await clock.advance(30_000)
  expect(silences.hands()).toEqual([])
  await clock.advance(1)
  expect(silences.hands()).toEqual(unknown)
  await look(silences)
  expect(silences.hands()).toEqual([])
})

test.each([
  [500, '[]', 'status 500'],
  [200, '<html>', 'no list of silences'],
  [200, '[{"id":"a"}]', 'no list of silences'],
])('an answer %i %s is none', async (status, body, why) => {
  const silences = watching()
  answer = { status, body }
  await expect(look(silences)).rejects.toThrow(why)
  expect(silences.hands()).toHaveLength(1)
})
