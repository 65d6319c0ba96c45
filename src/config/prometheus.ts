import type { PrometheusConfig } from './config.ts'
import { httpAccessOf, type Files } from './http-access.ts'
import type { Path } from './problems.ts'
import type { PrometheusSection } from './schema.ts'
import { unique, type Scope } from './scope.ts'
import { readTemplate } from './targets.ts'

const PATH: Path = ['sources', 'prometheus']
const STALE_STEPS = 3

/**
 * The Prometheus to ask, with its credentials as headers and its certificates read. `asked` is what policies ask it beside
 * its own queries.
 */
export function prometheusOf(
  section: PrometheusSection,
  asked: PrometheusConfig['queries'],
  scope: Scope,
  files: Files,
): PrometheusConfig {
  const { defaults, problems } = scope
  const stepMs = section.step ?? defaults.intervalMs
  const timeoutMs = section.timeout ?? Math.min(defaults.timeoutMs, stepMs)
  const staleAfterMs = section.staleAfter ?? Math.max(defaults.staleAfterMs, STALE_STEPS * stepMs)
  const refuse = (key: string, message: string): void => void problems.push({ path: [...PATH, key], message })
  if (timeoutMs > stepMs) refuse('timeout', 'must not be longer than the step')
  if (staleAfterMs <= stepMs) refuse('staleAfter', 'must be longer than the step')
  const queries = section.queries ?? []
  unique([...PATH, 'queries'], queries, scope)
  if (queries.length + asked.length === 0) {
    const message = 'is asked nothing: give it queries, or a policy a condition { promql: ... }'
    problems.push({ path: PATH, message })
  }
  const targetAt = (i: number, text: string): string =>
    scope.attempt([...PATH, 'queries', i, 'target'], () => readTemplate(text, scope)) ?? text
  return {
    ...httpAccessOf(section, PATH, scope, files),
    stepMs,
    timeoutMs,
    staleAfterMs,
    queries: [...queries.map((query, i) => ({ ...query, target: targetAt(i, query.target) })), ...asked],
  }
}
