import { expect, test } from 'vitest'
import { at, input } from '../../../test/gate-world.ts'
import type { Cause } from '../../domain/cause.ts'
import { storm } from './storm.ts'

const NOW = 10_000_000
const limits = { perTarget: [], minHealthy: 0, storm: { causes: 5, withinMs: 300_000 } }
const causes = (count: number, agoMs = 1000): Cause[] =>
  Array.from({ length: count }, (_, i) => ({ root: `lab:shop/service/s-${i}`, since: at(NOW - agoMs) }))
const ask = (all: readonly Cause[], now = at(NOW)) => storm.ask(input({ world: { limits, causes: all }, ask: { now } }))

test('fewer causes than the limit are no storm', () => {
  expect(ask(causes(4))).toMatchObject({ answer: 'allow', reason: '4 causes within 5m' })
})

test('as many are: everything is held, by name, and nobody is paged for each plan', () => {
  expect(ask(causes(5))).toEqual({
    answer: 'hold',
    reason: 'a storm: 5 causes within 5m, lab:shop/service/s-0, lab:shop/service/s-1, lab:shop/service/s-2 and 2 more',
    value: 5,
    limit: 5,
    unlocks: 'when fewer began within 5m, or: kintsugi release storm',
  })
})

test('what began before the time counts no more; a clock that jumps makes nothing older', () => {
  expect(ask([...causes(4), ...causes(3, 300_000)])).toMatchObject({ answer: 'allow' })
  expect(ask(causes(5), { ...at(NOW), wallMs: at(NOW).wallMs + 7_200_000 })).toMatchObject({ answer: 'hold' })
})
