import { expect, test } from 'vitest'
import { POLICY, TOPOLOGY, WEB_1, WEB_2 } from '../../../test/gate-world.ts'
import type { Finding } from '../../domain/finding.ts'
import type { Unusual } from '../../domain/series.ts'
import { createWindows } from '../../signals/windows.ts'
import { detect } from '../detect.ts'
import { fingerprintOf } from '../fingerprint.ts'

const one = (more: Partial<Unusual> = {}): Unusual => ({
  target: WEB_1,
  series: [{ metric: 'latency_ms', labels: { quantile: '0.9' } }],
  detector: 'ensemble',
  since: 100,
  at: 200,
  score: 0.7,
  text: 'median 12, came 90',
  ...more,
})

function found(unusual: readonly Unusual[]): Finding[] {
  const windows = createWindows({})
  return detect({ policies: [], topology: TOPOLOGY, windows, now: 300, startedAt: 0, open: new Set(), unusual })
}

test('what is unusual on a target is one finding of low severity, with the words of the detectors', () => {
  expect(found([one()])).toEqual([
    {
      fingerprint: expect.any(String),
      policy: 'unusual',
      target: WEB_1,
      state: 'violated',
      since: 100,
      severity: 'info',
      summary: `${WEB_1}: unusual: median 12, came 90`,
      evidence: [{ signal: 'ensemble on latency_ms{quantile="0.9"}', value: 0.7, at: 200, text: 'median 12, came 90' }],
      lead: 'unusual',
    },
  ])
})

test('two metrics at once are one finding, one level graver', () => {
  const other = one({ series: [{ metric: 'qps', labels: {} }], since: 50, score: 0.8, text: 'came 3' })
  const [finding, ...rest] = found([one(), other])
  expect(rest).toEqual([])
  expect(finding).toMatchObject({ severity: 'warning', since: 50 })
  expect(finding?.summary).toContain('came 3 (2 metrics at once)')
  expect(finding?.evidence).toHaveLength(2)
})

test('one joint model over several metrics says that they are together', () => {
  const series = ['qps', 'latency_ms'].map((metric) => ({ metric, labels: {} }))
  expect(found([one({ series })])).toMatchObject([{ severity: 'warning' }])
})

test('each target has its own; what is of no known target is no finding', () => {
  const nowhere = { ...one(), target: undefined } as unknown as Unusual
  const gone = one({ target: 'lab:shop/instance/gone' })
  expect(found([one(), one({ target: WEB_2 }), nowhere, gone]).map(({ target }) => target)).toEqual([WEB_1, WEB_2])
})

test('a policy of the same name is another expectation', () => {
  const [finding] = found([one()])
  expect(finding?.fingerprint).not.toBe(fingerprintOf('unusual', WEB_1))
  expect(POLICY.name).not.toBe('unusual')
})
