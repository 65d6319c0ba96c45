import { resolved, type Aliases } from '../domain/condition/aliases.ts'
import { reachOf } from '../domain/condition/ast.ts'
import { parseExpression } from '../domain/condition/parse.ts'
import type { Guard, Policy, VerifyRule } from '../domain/policy.ts'
import { durationText } from '../lib/duration.ts'
import { conditionOf } from './policy-condition.ts'
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
