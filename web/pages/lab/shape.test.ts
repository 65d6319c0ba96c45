import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { FaultView, Injection, Second } from '../../../lab/view.ts'
import type { Incident } from '../../../src/domain/incident.ts'
import { incidentOf, lineOf, stateOf, topOf } from './shape.ts'

const AT = 1_000_000
const injected = (more: Partial<Injection> = {}): FaultView => ({
  name: 'crash',
  breaks: '',
  expected: 'healed',
  heals: [],
  limitMs: 60_000,
  injected: {
    at: AT,
    target: 'lab:shop/instance/web-1',
    service: 'lab:shop/service/web',
    present: true,
    until: AT + 60_000,
    ...more,
  },
})

describe('a fault', () => {
  test('that was never injected has no state', () => {
    const { injected: _, ...fault } = injected()
    expect(stateOf(fault, AT)).toEqual({ kind: 'never' })
    expect(incidentOf(fault, [])).toBeUndefined()
  })

  test('is present until it is seen to be gone, with what is left of its time', () => {
    expect(stateOf(injected(), AT + 20_000)).toEqual({ kind: 'present', sinceMs: 20_000, leftMs: 40_000 })
    expect(stateOf(injected(), AT + 70_000)).toMatchObject({ leftMs: 0 })
  })

  test('that was healed is gone, and stays so when the lab takes it back at its end', () => {
    const gone = { present: false, goneAt: AT + 8000 }
    expect(stateOf(injected(gone), AT + 10_000)).toEqual({ kind: 'gone', afterMs: 8000, leftMs: 50_000 })
    expect(stateOf(injected({ ...gone, undoneAt: AT + 60_000 }), AT + 70_000)).toEqual({
      kind: 'gone',
      afterMs: 8000,
      leftMs: 0,
    })
  })

  test('that the lab took back says whether by hand or at the limit', () => {
    const undone = (undoneAt: number): FaultView => injected({ present: false, goneAt: undoneAt, undoneAt })
    expect(stateOf(undone(AT + 9000), AT + 10_000)).toEqual({ kind: 'undone', agoMs: 1000, atLimit: false })
    expect(stateOf(undone(AT + 60_010), AT + 61_010)).toEqual({ kind: 'undone', agoMs: 1000, atLimit: true })
  })
})

describe('the incident that a fault led to', () => {
  const incident = (id: string, openedAt: number, more: Partial<Incident> = {}): Incident =>
    ({ id, openedAt, owner: 'lab:shop/service/web', findings: [], ...more }) as unknown as Incident

  test('is the first that began since, about what it broke', () => {
    const all = [
      incident('later', AT + 9),
      incident('first', AT + 3),
      incident('other', AT + 1, { owner: 'lab:shop/service/db' }),
    ]
    expect(incidentOf(injected(), all)?.id).toBe('first')
  })

  test('may have begun before, where it is about that still', () => {
    const before = incident('before', AT - 5)
    expect(incidentOf(injected(), [before])?.id).toBe('before')
    expect(incidentOf(injected(), [before, incident('since', AT + 1)])?.id).toBe('since')
    expect(incidentOf(injected(), [{ ...before, closedAt: AT - 1 }])).toBeUndefined()
  })
})

describe('a line over the seconds', () => {
  const second = (requests: number): Second => ({ at: 0, requests, failed: 0, p95Ms: requests === 0 ? null : 1 })
  const box = { width: 100, height: 10, top: 10 }

  test('goes from left to right, and is cut off at the top', () => {
    expect(lineOf([0, 5, 20].map(second), ({ requests }) => requests, box)).toBe('M0 10h0L50 5L100 0')
  })

  test('breaks where there is nothing to say', () => {
    expect(lineOf([1, 0, 1, 1].map(second), ({ p95Ms }) => p95Ms, box)).toBe('M0 9h0M66.7 9h0L100 9')
  })
})

test('an axis has room for all its values, and not ten times too much', () => {
  expect(topOf([3, null, 320], 1)).toBe(500)
  expect(topOf([], 100)).toBe(100)
  fc.assert(
    fc.property(fc.double({ min: 0.01, max: 1e6, noNaN: true }), (most) => {
      const top = topOf([most], 0.01)
      expect(top).toBeGreaterThanOrEqual(most)
      expect(top).toBeLessThanOrEqual(most * 10)
    }),
  )
})
