import type { Entry } from '../src/domain/entry.ts'
import type { Finding } from '../src/domain/finding.ts'
import type { ResourceRef } from '../src/domain/resource.ts'

/** Something that detectors alone found to be out of the ordinary. */
export type Found = {
  readonly target: ResourceRef
  /** Which detector said so, on which series. */
  readonly signal: string
  /** What came, in words. */
  readonly text: string
  /** When it stood on the record first (epoch ms). */
  readonly at: number
}

/** What is unusual by the record, each signal of a target once, in the order of finding. */
export function foundIn(entries: readonly Entry[]): Found[] {
  const all = entries.flatMap(({ at, body }) => (body && 'findings' in body ? signalsOf(body.findings, at.wallMs) : []))
  const firsts = Map.groupBy(all, ({ target, signal }) => `${target} ${signal}`)
  return [...firsts.values()].flatMap(([first]) => first ?? [])
}

function signalsOf(findings: readonly Finding[], at: number): Found[] {
  return findings
    .filter(({ lead }) => lead === 'unusual')
    .flatMap(({ target, evidence }) => evidence.map(({ signal, text = '' }) => ({ target, signal, text, at })))
}
