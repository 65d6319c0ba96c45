import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { UsageError } from '../domain/errors.ts'
import { decodePosted, decodeWebhook } from './alertmanager.ts'
import { fingerprintOf, sortedLabels } from './fingerprint.ts'
import { severityOf } from './severity.ts'

const NOW = Date.UTC(2026, 10, 21, 9)
/** As Alertmanager 0.25 sent it, and the fingerprint that it gave. */
const SENT = {
  status: 'firing',
  labels: {
    alertname: 'HighErrorRatio',
    cluster: 'lab',
    instance: '127.0.0.1:18080',
    job: 'app',
    severity: 'critical',
  },
  annotations: { summary: 'error ratio 0.42 on 127.0.0.1:18080' },
  startsAt: '2026-11-21T08:56:27.234Z',
  endsAt: '0001-01-01T00:00:00Z',
  generatorURL: 'http://prometheus:19090/graph?g0.tab=1',
  fingerprint: '9e5e716b23b15187',
}
const STARTS_AT = Date.UTC(2026, 10, 21, 8, 56, 27, 234)

describe('the fingerprint', () => {
  test("is Alertmanager's own", () => {
    expect(fingerprintOf(SENT.labels)).toBe(SENT.fingerprint)
  })

  test('is that of 64-bit FNV-1a over the bytes, for any labels', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' })), (labels) => {
        const sorted = sortedLabels(labels)
        fc.pre(Object.keys(labels).every((name) => !/^\d+$/.test(name)))
        expect(fingerprintOf(sorted)).toBe(reference(labels))
      }),
    )
  })
})

/** The definition, with big integers. */
function reference(labels: Readonly<Record<string, string>>): string {
  const parts = Object.entries(labels)
    .filter(([, value]) => value !== '')
    .map(([name, value]) => [Buffer.from(name), Buffer.from(value)] as const)
    .sort(([a], [b]) => Buffer.compare(a, b))
  let hash = 0xcbf29ce484222325n
  for (const part of parts.flat()) {
    for (const byte of [...part, 0xff]) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n)
  }
  return hash.toString(16).padStart(16, '0')
}

describe('a webhook', () => {
  test('is read as Alertmanager 0.25 sends it, whatever else it may hold', () => {
    const body = {
      version: '4',
      receiver: 'hook',
      status: 'firing',
      alerts: [{ ...SENT, newer: [1] }],
      groupKey: '{}',
      newer: {},
    }
    expect(decodeWebhook(body, NOW)).toEqual({
      alerts: [
        {
          status: 'firing',
          labels: SENT.labels,
          annotations: SENT.annotations,
          startsAt: STARTS_AT,
          generatorUrl: SENT.generatorURL,
          fingerprint: SENT.fingerprint,
          source: 'alertmanager',
          receivedAt: NOW,
        },
      ],
      refused: [],
    })
  })

  test('says by itself what is resolved, and when', () => {
    const resolved = { ...SENT, status: 'resolved', endsAt: '2026-11-21T08:58:00.5+00:00' }
    const { alerts } = decodeWebhook({ alerts: [resolved, { ...resolved, endsAt: SENT.endsAt }] }, NOW)
    expect(alerts.map(({ status, endsAt }) => [status, endsAt])).toEqual([
      ['resolved', Date.UTC(2026, 10, 21, 8, 58, 0, 500)],
      ['resolved', NOW],
    ])
  })

  test('that is none is refused whole', () => {
    for (const body of [null, 'alerts', [], {}, { alerts: {} }])
      expect(() => decodeWebhook(body, NOW)).toThrow(UsageError)
  })
})

describe('posted alerts', () => {
  const one = (different: object) => decodePosted([{ labels: SENT.labels, ...different }], NOW).alerts[0]

  test('without times start now and go silent after the resolve timeout, as in Alertmanager', () => {
    expect(one({})).toMatchObject({ status: 'firing', startsAt: NOW, endsAt: NOW + 300_000, source: 'prometheus' })
    expect(one({ startsAt: SENT.startsAt, endsAt: SENT.endsAt })).toMatchObject({
      startsAt: STARTS_AT,
      endsAt: NOW + 300_000,
    })
  })

  test('whose end has passed are resolved', () => {
    expect(one({ endsAt: SENT.startsAt })).toMatchObject({ status: 'resolved', startsAt: STARTS_AT, endsAt: STARTS_AT })
  })

  test('have one fingerprint whatever the order of their labels; empty labels are not there', () => {
    const labels = Object.fromEntries([['zone', ''], ...Object.entries(SENT.labels).toReversed()])
    expect(one({ labels })).toEqual(one({}))
  })

  test('are refused each with its reason', () => {
    const bad: readonly (readonly [unknown, RegExp])[] = [
      [7, /an object/],
      [{}, /labels are not/],
      [{ labels: {} }, /no labels/],
      [{ labels: { a: '' } }, /no labels/],
      [{ labels: { a: 1 } }, /"a" is not a text/],
      [{ labels: { '': 'x' } }, /no name/],
      [{ labels: { 7: 'x' } }, /no name/],
      [{ labels: { a: 'x'.repeat(1 << 20) } }, /longer than 4096/],
      [{ labels: { ['n'.repeat(300)]: 'x' } }, /longer than 256/],
      [{ labels: Object.fromEntries(Array.from({ length: 65 }, (_, i) => [`l${i}`, 'x'])) }, /more than 64/],
      [{ labels: { a: 'b' }, annotations: 'x' }, /annotations are not/],
      [{ labels: { a: 'b' }, annotations: { a: null } }, /annotation "a"/],
      [{ labels: { a: 'b' }, startsAt: 'yesterday' }, /startsAt is not a time/],
      [{ labels: { a: 'b' }, startsAt: 12 }, /startsAt is not a time/],
      [{ labels: { a: 'b' }, startsAt: '2026-11-21T08:00:00Z', endsAt: '2026-11-21T07:00:00Z' }, /ends .* before/],
    ]
    const { alerts, refused } = decodePosted(
      bad.map(([alert]) => alert),
      NOW,
    )
    expect(alerts).toEqual([])
    for (const [index, [, reason]] of bad.entries())
      expect(refused[index]).toEqual({ index, reason: expect.stringMatching(reason) })
  })

  test('keep an annotation that is too long, cut', () => {
    const text = one({ annotations: { description: 'x'.repeat(100_000) } })?.annotations['description']
    expect(text).toHaveLength(16_385)
    expect(text).toMatch(/x…$/)
  })

  test('take hostile names and values as data', () => {
    const labels = JSON.parse('{"__proto__":"a","constructor":"}{\\".*","pod":"\\u0000\\ud800"}') as object
    const { alerts, refused } = decodePosted([{ labels }], NOW)
    expect(refused).toEqual([])
    expect(Object.entries(alerts[0]?.labels ?? {})).toEqual(Object.entries(labels))
  })
})

test('severities are ordered by the words people use, and unknown ones are warnings', () => {
  const words = ['CRITICAL', 'page', 'high', 'error', 'warning', 'info', 'low', 'none', 'odd', '__proto__', undefined]
  expect(words.map((severity) => severityOf(severity === undefined ? {} : { severity }))).toEqual(
    'critical critical high high warning info info info warning warning warning'.split(' '),
  )
})

const valid = fc.record({
  labels: fc.dictionary(fc.stringMatching(/^[a-zA-Z_][a-zA-Z0-9_]{0,20}$/), fc.string({ minLength: 1 }), {
    minKeys: 1,
  }),
  startsAt: fc.date({ min: new Date(0), max: new Date(NOW), noInvalidDate: true }).map((date) => date.toISOString()),
})
/** Anything but an alert: what JSON can hold, and alerts with one part spoiled. */
const malformed = fc.oneof(
  fc.jsonValue().filter((value) => typeof value !== 'object' || value === null || !('labels' in value)),
  fc
    .tuple(valid, fc.constantFrom('labels', 'startsAt', 'annotations'), fc.constantFrom(1, 'x', [], true))
    .map(([alert, part, spoiled]) => ({ ...alert, [part]: spoiled })),
)

test('a bad alert costs no other one', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(valid, malformed, fc.boolean()), { minLength: 1, maxLength: 4 }), (pairs) => {
      const body = pairs.flatMap(([good, bad, goodFirst]) => (goodFirst ? [good, bad] : [bad, good]))
      const { alerts, refused } = decodePosted(JSON.parse(JSON.stringify(body)), NOW)
      expect(alerts.map(({ fingerprint }) => fingerprint)).toEqual(pairs.map(([good]) => reference(good.labels)))
      expect(refused).toHaveLength(pairs.length)
    }),
  )
})

test('of ten thousand bodies, half of each malformed, no valid alert is lost', () => {
  const goods = fc.sample(valid, 101).map((alert) => ({ alert, fingerprint: reference(alert.labels) }))
  const bads = fc.sample(malformed, 103)
  for (let n = 0; n < 10_000; n++) {
    const good = [goods[n % goods.length]!, goods[(n * 7) % goods.length]!]
    const bad = [bads[n % bads.length], bads[(n * 11) % bads.length]]
    const body = [good[0]!.alert, ...bad, good[1]!.alert]
    const { alerts, refused } = decodeWebhook(JSON.parse(JSON.stringify({ alerts: body })), NOW)
    expect(alerts.map(({ fingerprint }) => fingerprint)).toEqual(good.map(({ fingerprint }) => fingerprint))
    expect(refused.map(({ index }) => index)).toEqual([1, 2])
  }
})
