import { expect, test } from 'vitest'
import { DAY_MS, healthyShop, type Broken } from '../../../test/healthy-days.ts'
import type { ResourceRef } from '../../domain/resource.ts'
import type { Unusual } from '../../domain/series.ts'
import { randomFrom } from '../../lib/random.ts'
import { observing } from './observe.ts'
import { createWatch, type Watch } from './watch.ts'

const A: ResourceRef = 'lab:shop/instance/a'
const B: ResourceRef = 'lab:shop/instance/b'

/** What is said to be unusual while the shop runs from one moment to another, a second at a time. */
type Playing = { readonly watch: Watch; play(fromMs: number, toMs: number, broken?: Broken): Unusual[] }

function playing(seed: number): Playing {
  const watch = createWatch({ perDay: 1 })
  const feed = observing(watch)
  const shop = healthyShop([A, B], randomFrom(seed))
  const play: Playing['play'] = (fromMs, toMs, broken) => {
    const said: Unusual[] = []
    for (let at = fromMs; at < toMs; at += 1000) {
      feed(shop(at, broken))
      watch.train(5, at)
      said.push(...watch.unusual(at))
    }
    return said
  }
  return { watch, play }
}

/** Long enough to learn from. */
const HALF_DAY_MS = DAY_MS / 2

test('a quiet beginning is quiet, and what breaks is found on its target within seconds', () => {
  const { play } = playing(1)
  expect(play(0, HALF_DAY_MS)).toEqual([])
  const found = play(HALF_DAY_MS, HALF_DAY_MS + 15_000, { target: A, latency: 8, errors: 0.3 })
  expect(new Set(found.map(({ target }) => target))).toEqual(new Set([A]))
  const metrics = found.flatMap(({ series }) => series.map(({ metric }) => metric))
  expect(metrics).toContain('requests_failed_total')
  expect(found[0]!.at - HALF_DAY_MS).toBeLessThan(10_000)
  expect(found[0]).toMatchObject({
    detector: 'ensemble',
    score: expect.any(Number),
    text: expect.stringContaining(':'),
  })
})

test('a target that goes down is found by its probe alone', () => {
  const { play } = playing(2)
  play(0, HALF_DAY_MS)
  const found = play(HALF_DAY_MS, HALF_DAY_MS + 8000, { target: B, up: 0 })
  expect(found.map(({ target, series }) => [target, series[0]?.metric])).toContainEqual([B, 'up'])
})

test('what is over is unusual no more', () => {
  const { play } = playing(3)
  play(0, HALF_DAY_MS)
  const end = HALF_DAY_MS + 8000
  expect(play(HALF_DAY_MS, end, { target: B, up: 0 })).not.toEqual([])
  play(end, end + 240_000)
  expect(play(end + 240_000, end + 250_000)).toEqual([])
})

test('of what nobody has seen for a while nothing is said', () => {
  const { watch, play } = playing(4)
  play(0, HALF_DAY_MS)
  const end = HALF_DAY_MS + 8000
  play(HALF_DAY_MS, end, { target: B, up: 0 })
  expect(watch.unusual(end)).not.toEqual([])
  expect(watch.unusual(end + 4000)).toEqual([])
})

test('each target gets a model of its own, trained in slices, and says its version', () => {
  const { watch, play } = playing(5)
  play(0, HALF_DAY_MS)
  expect(watch.status()).toMatchObject({ series: 18, targets: 2, left: 0 })
  expect(watch.status().models.map(({ target, name }) => [target, name])).toEqual([
    [A, 'joint'],
    [B, 'joint'],
  ])
  for (let i = 0; i < 1500 && watch.status().models.some(({ version }) => version === 0); i++) {
    const at = 600_000 + i * 1000
    play(at, at + 1000)
    watch.train(50, at)
  }
  expect(watch.status().models.map(({ version }) => version >= 1)).toEqual([true, true])
}, 60_000)

test('series beyond the bound are counted and left alone', () => {
  const watch = createWatch({ perDay: 1, maxSeries: 1 })
  watch.begin(1, { metric: 'a', labels: {}, intervalMs: 1000 })
  watch.begin(2, { metric: 'b', labels: {}, intervalMs: 1000 })
  watch.take(2, 0, 1)
  expect(watch.status()).toMatchObject({ series: 1, left: 1 })
  expect([watch.learned(1) !== undefined, watch.learned(2)]).toEqual([true, undefined])
})

test('in seven compressed days of healthy traffic with a daily rhythm nothing is found', () => {
  const { play } = playing(6)
  expect(play(0, 7 * DAY_MS).map(({ at, text }) => `${at / 1000} s: ${text}`)).toEqual([])
}, 300_000)
