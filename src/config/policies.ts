import { expandCondition, resolved, type Aliases } from '../domain/condition/aliases.ts'
import { reachOf, type Condition } from '../domain/condition/ast.ts'
import { parseCondition, parseExpression } from '../domain/condition/parse.ts'
import { conditionText } from '../domain/condition/text.ts'
import type { Guard, Policy, VerifyRule } from '../domain/policy.ts'
import { durationText } from '../lib/duration.ts'
import { suggestion, type Path } from './problems.ts'
import type { PolicySection } from './schema.ts'
import { targetOf, unique, type Scope } from './scope.ts'

export type PolicyScope = Scope & {
  readonly slos: readonly Guard[]
  /** Names of all, also of those that could not be read. */
  readonly sloNames: readonly string[]
  readonly slowestMs: number
  readonly aliases: Aliases
}

/** A policy may name each of these once it is known what there is. */
export function policiesOf(sections: readonly PolicySection[], scope: PolicyScope): Policy[] {
  unique(['policies'], sections, scope)
  return sections.map((section, i) => policyOf(section, ['policies', i], scope))
}

/** One policy of the file, at its place. */
export function policyOf(section: PolicySection, path: Path, scope: PolicyScope): Policy {
  const { catalogue } = scope
  known(section.ladder, catalogue?.remedies, 'remedy', [...path, 'ladder'], scope)
  const allowIrreversible = section.allowIrreversible ?? []
  known(allowIrreversible, catalogue?.actions, 'action', [...path, 'allowIrreversible'], scope)
  return {
    name: section.name,
    condition: conditionOf(section, path, scope),
    target: targetOf(section.target, [...path, 'target'], scope),
    severity: section.severity ?? 'warning',
    ladder: section.ladder,
    autonomy: section.autonomy ?? 'observe',
    allowIrreversible,
    cooldownMs: section.cooldown ?? scope.defaults.cooldownMs,
    verify: verifyOf(section, path, scope),
  }
}

/** The condition with the time it must hold: its own `for`, the key `for`, or the profile's. */
function conditionOf({ condition, for: heldMs }: PolicySection, path: Path, scope: PolicyScope): string {
  const parsed = parseCondition(condition)
  scope.attempt([...path, 'condition'], () => expandCondition(parsed, scope.aliases))
  if (parsed.kind === 'for' && heldMs !== undefined) {
    scope.problems.push({
      path: [...path, 'for'],
      message: 'stands twice: the condition ends in a "for" or "until" of its own',
    })
  }
  const { holdsForMs } = scope.defaults
  // Two rounds of the slowest source, since one reading is no trend.
  const calmMs = holdsForMs === 0 || holdsSomewhere(parsed) ? 0 : Math.max(holdsForMs, 2 * scope.slowestMs)
  const ms = heldMs ?? calmMs
  return ms === 0 ? condition : conditionText({ kind: 'for', of: parsed, span: { ms } })
}

function holdsSomewhere(condition: Condition): boolean {
  switch (condition.kind) {
    case 'for':
      return true
    case 'compare':
      return false
    case 'not':
      return holdsSomewhere(condition.of)
    case 'and':
    case 'or':
      return holdsSomewhere(condition.left) || holdsSomewhere(condition.right)
  }
}

function verifyOf({ verify = {} }: PolicySection, path: Path, scope: PolicyScope): VerifyRule {
  const { defaults, problems } = scope
  const healthyForMs = verify.healthyFor ?? defaults.healthyForMs
  const withinMs = verify.within ?? Math.max(defaults.withinMs, 2 * healthyForMs)
  if (withinMs <= healthyForMs) {
    problems.push({ path: [...path, 'verify', 'within'], message: 'must be longer than healthyFor' })
  }
  const guards = (verify.guard ?? []).flatMap((name, i) => guardOf(name, [...path, 'verify', 'guard', i], scope))
  for (const { name, expr } of guards) {
    // A guard is judged on samples after the effect only: all that it looks back at, and then healthyFor.
    const lookMs = reachOf(resolved(parseExpression(expr), scope.aliases)).ms
    if (withinMs > lookMs + healthyForMs || withinMs <= healthyForMs) continue
    const message = `must be longer than healthyFor and what slo:${name} looks back at, together ${durationText(lookMs + healthyForMs)}`
    problems.push({ path: [...path, 'verify', 'within'], message })
  }
  return { healthyForMs, withinMs, blindForMs: verify.blindFor ?? defaults.blindForMs, guards }
}

function guardOf(name: string, path: Path, { slos, sloNames, problems }: PolicyScope): Guard[] {
  const names = sloNames.map((slo) => `slo:${slo}`)
  if (!names.includes(name)) problems.push({ path, message: `no guard is named "${name}"${suggestion(name, names)}` })
  return slos.filter((slo) => `slo:${slo.name}` === name)
}

function known(
  names: readonly string[],
  all: readonly string[] | undefined,
  kind: string,
  path: Path,
  { problems }: Scope,
): void {
  for (const [i, name] of names.entries()) {
    if (!all || all.includes(name)) continue
    problems.push({ path: [...path, i], message: `no ${kind} is named "${name}"${suggestion(name, all)}` })
  }
}
