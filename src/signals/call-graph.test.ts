import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { spansOfCall } from '../../test/fixtures/traces.ts'
import { createCallGraph, type CallGraph } from './call-graph.ts'
import type { Span } from './otlp/traces.ts'

const HALF_LIFE_MS = 600_000
const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i)
const seen = (graph: CallGraph, now = 0): string[] => graph.calls(now).map(({ from, to }) => `${from} > ${to}`)
const taught = (...spans: Span[]): CallGraph => {
  const graph = createCallGraph()
  graph.add(spans, 0)
  return graph
}

describe('the call graph', () => {
  test('is who serves the spans of whom, in whatever order they come', () => {
    const spans = range(3).flatMap((i) => spansOfCall('web', 'api', i))
    fc.assert(
      fc.property(fc.shuffledSubarray(spans, { minLength: spans.length }), (order) => {
        expect(seen(taught(...order))).toEqual(['web > api'])
      }),
    )
  })

  test('is who names whom as a peer', () => {
    const spans = range(3).map((i): Span => ({ id: `${i}`, service: 'api', serves: false, peer: 'db' }))
    expect(seen(taught(...spans))).toEqual(['api > db'])
  })

  test('knows no call within a service, none of a queue, and none that was seen once or twice', () => {
    expect(seen(taught(...range(5).flatMap((i) => spansOfCall('web', 'web', i))))).toEqual([])
    const queued = range(5)
      .flatMap((i) => spansOfCall('web', 'worker', i))
      .map((span) => ({ ...span, serves: false }))
    expect(seen(taught(...queued))).toEqual([])
    expect(seen(taught(...range(2).flatMap((i) => spansOfCall('web', 'api', i))))).toEqual([])
  })

  test('counts a span that comes again once', () => {
    const [caller, called] = spansOfCall('web', 'api', 1)
    expect(seen(taught(caller, called, called, called, called))).toEqual([])
  })

  test('fades', () => {
    const graph = taught(...range(12).flatMap((i) => spansOfCall('web', 'api', i)))
    expect(graph.calls(HALF_LIFE_MS)).toEqual([{ from: 'web', to: 'api', calls: 6 }])
    expect(seen(graph, 2 * HALF_LIFE_MS)).toEqual(['web > api'])
    expect(seen(graph, 3 * HALF_LIFE_MS)).toEqual([])
  })

  test('holds so many spans and calls and no more, and makes room of what has faded', () => {
    const graph = createCallGraph({ maxSpans: 100, maxEdges: 10 })
    graph.add(
      range(1000).flatMap((i) => spansOfCall(`web-${i}`, 'api', i)),
      0,
    )
    expect(graph.counts()).toEqual({ spans: 100, edges: 10, shed: 990 })
    graph.add(
      range(3).flatMap((i) => spansOfCall('new', 'api', 5000 + i)),
      10 * HALF_LIFE_MS,
    )
    expect(seen(graph, 10 * HALF_LIFE_MS)).toEqual(['new > api'])
    graph.add(
      range(1000).map((i): Span => ({ id: `lone-${i}`, parent: `gone-${i}`, service: 'x', serves: true })),
      0,
    )
    expect(graph.counts().spans).toBeLessThanOrEqual(200)
  })
})
