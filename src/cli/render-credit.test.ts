import { expect, test } from 'vitest'
import type { Comparison } from '../domain/comparison.ts'
import { comparisonText } from '../domain/comparison.ts'
import { comparedText, creditWords, waveLines } from './render-credit.ts'

const said: Comparison = {
  verdict: 'harm',
  treated: { of: 1, well: 0, signals: [] },
  controls: { of: 7, well: 5, signals: [] },
  guards: [],
  chance: 1,
  recovered: ['lab:shop/instance/web-4'],
  reasons: [],
}

test('a comparison is its verdict, its numbers, why, and who is left alone from there', () => {
  const comparison = { ...said, reasons: [comparisonText(said), 'the untouched recover, and the treated do not'] }
  expect(comparedText(0, comparison)).toBe(
    'wave 1: harm: 0 of 1 treated and 5 of 7 untouched are well (by chance alone: 1); the untouched recover, and the treated do not; left alone from here: lab:shop/instance/web-4',
  )
})

test('a credit says on what it rests', () => {
  expect(creditWords({ credit: 'recovered-alone', controlled: true, reason: 'so' })).toEqual([
    'recovered alone (controlled): so',
  ])
  expect(creditWords({ credit: 'fixed-by-us', controlled: false, reason: 'so' })).toEqual([
    'fixed by us (uncontrolled): so',
  ])
  expect(creditWords(undefined)).toEqual([])
})

test('waves are counted from one, and a plan without says that it is uncontrolled', () => {
  const waves = [
    { steps: [], treats: ['lab:shop/instance/web-1' as const], controls: ['lab:shop/instance/web-2' as const] },
    { steps: [], treats: ['lab:shop/instance/web-2' as const], controls: [] },
  ]
  expect(waveLines({ waves, wellForMs: 1000, withinMs: 0 })).toEqual([
    '  wave 1: 1 of the sick, then compared with 1 untouched, 1s in a row',
    '  wave 2: 1 of the sick',
  ])
  expect(waveLines(undefined)[0]).toContain('uncontrolled')
})
