import { expect, test } from 'vitest'
import { caseOf, NOW } from '../../../test/diagnosis-world.ts'
import { WEB, WEB_1 } from '../../../test/gate-world.ts'
import type { Hypothesis } from '../../domain/diagnosis.ts'
import { words } from './words.ts'

const cause: Hypothesis = { cause: 'disk-full', target: WEB_1, confidence: 0.9, summary: '', for: [], against: [] }

test('the last error lines of a target stand beside its causes, and change nothing about them', () => {
  const logs = (target: string): { at: number; text: string }[] =>
    target === WEB_1
      ? [
          { at: NOW - 300_001, text: 'old' },
          { at: NOW - 5, text: 'no room' },
        ]
      : []
  const other = { ...cause, target: WEB }
  expect(words.weigh?.([cause, other], { ...caseOf([]), logs })).toEqual([
    { ...cause, for: [{ signal: 'log', value: null, at: NOW - 5, text: 'no room' }] },
    other,
  ])
  expect(words.weigh?.([cause], caseOf([]))).toEqual([cause])
})

test('an event that was told of it stands among the lines, as what it is', () => {
  const logs = () => [{ at: NOW - 5, text: 'deployed: v7 (/ci)', isEvent: true }] as const
  const [told] = words.weigh?.([cause], { ...caseOf([]), logs }) ?? []
  expect(told?.for).toEqual([{ signal: 'event', value: null, at: NOW - 5, text: 'deployed: v7 (/ci)' }])
})
