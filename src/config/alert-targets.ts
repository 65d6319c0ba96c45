import { safePattern } from '../domain/condition/matchers.ts'
import type { AimRule } from '../domain/alert.ts'
import { UsageError } from '../domain/errors.ts'
import { labelsIn } from '../domain/target-template.ts'
import { suggestion, type Path } from './problems.ts'
import type { AlertTargetSection } from './schema.ts'
import type { Scope } from './scope.ts'
import { readTemplate } from './targets.ts'

/**
 * The labels that name the namespace an alert speaks for, where the file does not say: of an exporter that tells about
 * things elsewhere, theirs; else its own.
 */
const TRUST_LABELS: readonly string[] = ['exported_namespace', 'namespace']

const MOST_REPEATS = 2

/** From the labels of an alert, or of whatever else `path` says, to a target, in the order of the file. */
export function alertTargetsOf(
  sections: readonly AlertTargetSection[],
  trustLabels: readonly string[] = TRUST_LABELS,
  scope: Scope,
  path: Path = ['alertTargets'],
): AimRule[] {
  return sections.map((section, i) => ruleOf(section, [...path, i], trustLabels, scope))
}

function ruleOf(section: AlertTargetSection, path: Path, trusted: readonly string[], scope: Scope): AimRule {
  const { match, target, lift, trustLabels = trusted } = section
  for (const [label, pattern] of Object.entries(match)) {
    scope.attempt([...path, 'match', label], () => judgePattern(pattern))
  }
  if (Object.keys(match).length === 0) {
    scope.problems.push({ path: [...path, 'match'], message: 'needs a label: an empty match is not every alert' })
  }
  const template = scope.attempt([...path, 'target'], () => {
    const read = readTemplate(target, scope)
    judgeNamespace(read, trustLabels)
    return read
  })
  return {
    match: Object.entries(match).map(([label, value]) => ({ label, op: '=~', value })),
    target: template ?? target,
    ...(lift && { lift }),
    trustLabels,
  }
}

/** Whoever sends alerts chooses what a pattern is tried on: each must cost little. Throws {@link UsageError}. */
function judgePattern(pattern: string): void {
  safePattern(pattern)
  const repeats = pattern.replaceAll(/\\./g, 'x').match(/[*+{]/g)?.length ?? 0
  if (repeats <= MOST_REPEATS) return
  throw new UsageError(
    `the pattern '${pattern}' is refused: it has ${repeats} repeats, at most ${MOST_REPEATS} are allowed`,
  )
}

/** The namespace is written out, or it is one label that is trusted to name it. Throws {@link UsageError}. */
function judgeNamespace(template: string, trusted: readonly string[]): void {
  const namespace = template.slice(template.indexOf(':') + 1, template.indexOf('/'))
  const [label] = labelsIn(namespace)
  if (label === undefined) return
  if (namespace !== `{${label}}`) throw new UsageError(`its namespace must be one label or none, got "${namespace}"`)
  if (trusted.includes(label)) return
  throw new UsageError(
    `its namespace is the label "${label}", which trustLabels does not name${suggestion(label, trusted)}`,
  )
}
