import type { z } from 'zod'
import { expandCondition, type Aliases } from '../domain/condition/aliases.ts'
import { parseCondition } from '../domain/condition/parse.ts'
import type { RuleConfig } from './config.ts'
import { judged, name, oneOf, section, share, text } from './leaves.ts'
import type { Scope } from './scope.ts'

export const rule: z.ZodType<RuleConfig> = section({
  cause: name,
  when: judged('expected a condition', parseCondition),
  confidence: share,
  summary: text('expected words to be read after the name of the target'),
  recommendation: text('expected what a person would do about it'),
  affects: oneOf(['parts', 'shared-fate', 'dependents']).default('dependents'),
})

/** The rules as they stand, their aliases looked up. */
export function rulesOf(rules: readonly RuleConfig[], aliases: Aliases, { attempt }: Scope): readonly RuleConfig[] {
  for (const [i, { when }] of rules.entries()) {
    attempt(['rules', i, 'when'], () => expandCondition(parseCondition(when), aliases))
  }
  return rules
}
