import { resolved, type Aliases } from '../domain/condition/aliases.ts'
import { reachOf } from '../domain/condition/ast.ts'
import { parseExpression } from '../domain/condition/parse.ts'
import type { ApprovalRule, Guard, Policy, VerifyRule } from '../domain/policy.ts'
import { durationText } from '../lib/duration.ts'
import { cooldownOf } from './cooldown.ts'
import { ladderOf, limitOf } from './ladder.ts'
import { windowsNamed, type MaintenanceWindows } from './maintenance-windows.ts'
import { conditionOf } from './policy-condition.ts'
import { suggestion, type Path } from './problems.ts'
import type { ApprovalSection, PolicySection } from './policy-schema.ts'
import { APPROVAL_WITHIN_MS } from './profile.ts'
import { settingsOf } from './remedy-settings.ts'
import { targetOf, unique, type Scope } from './scope.ts'

export type PolicyScope = Scope & {
  readonly slos: readonly Guard[]
  /** Names of all, also of those that could not be read. */
  readonly sloNames: readonly string[]
  readonly slowestMs: number
  readonly aliases: Aliases
  /** Of the whole file. */
  readonly approval: ApprovalSection
  readonly windows: MaintenanceWindows
}

/** One file's policies, and what they may name, once it is known what there is; problems are the file's own. */
export type PolicyList = { readonly sections: readonly PolicySection[]; readonly scope: PolicyScope }

/** The policies of all files. A name stands once in all of them. */
export function policiesOf(lists: readonly PolicyList[]): Policy[] {
  const taken = new Set<string>()
  return lists.flatMap(({ sections, scope }) => {
    unique(['policies'], sections, scope, taken)
    for (const { name } of sections) taken.add(name)
    return sections.map((section, i) => policyOf(section, ['policies', i], scope))
  })
}

/** One policy of a file, at its place. */
export function policyOf(section: PolicySection, path: Path, scope: PolicyScope): Policy {
  const allowIrreversible = section.allowIrreversible ?? []
  known(allowIrreversible, scope.catalogue?.actions, 'action', [...path, 'allowIrreversible'], scope)
  const rungs = ladderOf(section, path, scope)
  const settings = settingsOf(rungs, scope)
  const limit = limitOf(section, path, scope)
  return {
    name: section.name,
    condition: conditionOf(section, path, scope),
    target: patternOf(section.target, [...path, 'target'], scope),
    severity: section.severity ?? 'warning',
    ladder: rungs.map(({ name }) => name),
    ...(Object.keys(settings).length > 0 && { settings }),
    autonomy: section.autonomy ?? 'observe',
    approval: approvalOf(section, scope),
    ...(section.access && { access: section.access }),
    allowIrreversible,
    ...cooldownOf(section.cooldown, path, scope),
    ...(limit && { limit }),
    ...(section.in && { windows: windowsNamed(section.in, [...path, 'in'], scope) }),
    verify: verifyOf(section, path, scope),
  }
}

/** What the policy says, else the file, else the profile: each part for itself. */
function approvalOf({ approval = {} }: PolicySection, { approval: all, defaults }: PolicyScope): ApprovalRule {
  return {
    above: approval.above ?? all.above ?? defaults.approvalAbove,
    severities: approval.severities ?? all.severities ?? [],
    withinMs: approval.within ?? all.within ?? APPROVAL_WITHIN_MS,
    ...((approval.approvers ?? all.approvers) === 2 && { approvers: 2 as const }),
  }
}

/** A kind alone, such as `pod`, is the incident's own target of that kind, whatever it is called. */
function patternOf(target: string, path: Path, scope: Scope): string {
  return /^[a-z][a-z0-9-]*$/.test(target) ? `*:*/${target}/*` : targetOf(target, path, scope)
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
