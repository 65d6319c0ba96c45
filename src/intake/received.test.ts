import { expect, test } from 'vitest'
import type { ResourceRef } from '../domain/resource.ts'
import { createReceived, type SeriesAim } from './received.ts'
import { sendersOf } from './senders.ts'
import type { Delivery, NumberedSamples, Taken } from './messages.ts'

const WEB = 'lab:shop/service/web' as ResourceRef
const told = (numbers: number[], x: Partial<NumberedSamples> = {}): NumberedSamples => ({
  series: [],
  ended: [],
  ...x,
  numbers: Int32Array.from(numbers),
  at: Float64Array.from(numbers, (_, i) => 1000 + i),
  values: Float64Array.from(numbers, (n) => n),
})
const one = { metric: 'up', labels: { pod: 'a' }, source: 'prom', number: 1 }

test('samples are on the target that labels and name say, and follow it when the rules change', () => {
  let isThere = false
  const aim: SeriesAim = ({ __name__, pod }) =>
    isThere && __name__ === 'up' && pod === 'a' ? { target: WEB } : { reason: 'nobody' }
  const received = createReceived(aim, 5000)
  expect(received.observationsOf(told([1], { series: [one] }), 5000)).toEqual([])
  expect(received.unaimed()).toEqual({ series: 1, reason: 'nobody' })
  isThere = true
  received.aimAnew()
  expect(received.observationsOf(told([1, 7]), 5000)).toEqual([
    {
      source: 'prom',
      intervalMs: 5000,
      samples: [{ metric: 'up', labels: { pod: 'a' }, target: WEB, at: 1000, value: 1 }],
    },
  ])
  received.observationsOf(told([], { ended: [1] }), 5000)
  expect(received.observationsOf(told([1]), 5000)).toEqual([])
})

test('a sender whose clock is ahead is not ahead of ours', () => {
  const received = createReceived(() => ({ target: WEB }), 5000)
  const [seen] = received.observationsOf(told([1], { series: [one] }), 400)
  expect(seen?.samples[0]?.at).toBe(400)
})

test('a sender is a source: fresh while it sends, with what was refused or shed as its problem', async () => {
  const senders = sendersOf(10_000)
  const sent = async (source: string, protocol: Delivery['protocol'], taken: Partial<Taken>): Promise<unknown> =>
    senders.heard(
      { source, protocol, form: 'protobuf', encoding: 'identity', body: new Uint8Array() },
      async () => ({ samples: 1, refused: 0, shed: 0, reasons: [], ...taken }),
      0,
    )
  await sent('prom', 'remote-write', {})
  await sent('app', 'otlp-metrics', { refused: 1, reasons: ['no name'] })
  expect(senders.status(5000, [], undefined)).toEqual([
    { name: 'prom', fresh: true, lastAt: 0 },
    { name: 'app', fresh: true, lastAt: 0, problem: 'no name' },
  ])
  const [limited] = senders.status(5000, [{ source: 'prom', series: 3, shed: 9 }], undefined)
  expect(limited?.problem).toContain('more than the 3 series')
  // An application that is gone is no blindness; a Prometheus that is silent is.
  expect(senders.status(20_000, [], undefined)).toEqual([{ name: 'prom', fresh: false, lastAt: 0 }])
  expect(senders.status(20_000, [], 'it died')[0]).toMatchObject({ fresh: false, problem: 'it died' })
})
