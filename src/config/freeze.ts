import type { z } from 'zod'
import type { FreezeWindow } from '../domain/freeze-window.ts'
import type { Policy } from '../domain/policy.ts'
import { list, name, section, some, text } from './leaves.ts'
import { suggestion } from './problems.ts'
import { targetOf, unique, type Scope } from './scope.ts'
import { whenOf, windowTimes, type WindowTimes } from './window-times.ts'

export type FreezeSection = WindowTimes & {
  name: string
  reason: string
  targets?: string[]
  allow?: string[]
}

export const freeze: z.ZodType<FreezeSection> = section({
  name,
  reason: text('expected the reason, as people shall read it'),
  ...windowTimes,
  targets: some(text('expected a target or a pattern')).exactOptional(),
  allow: list(name).exactOptional(),
})

/** The freeze windows of the file; `policies` are all there are, of the calendar too. */
export function freezeWindowsOf(
  sections: readonly FreezeSection[],
  policies: readonly Policy[],
  scope: Scope,
): FreezeWindow[] {
  unique(['freeze'], sections, scope)
  const names = policies.map((policy) => policy.name)
  return sections.flatMap((window, i) => {
    const path = ['freeze', i]
    for (const [j, allowed] of (window.allow ?? []).entries()) {
      if (names.includes(allowed)) continue
      const message = `no policy is named "${allowed}"${suggestion(allowed, names)}`
      scope.problems.push({ path: [...path, 'allow', j], message })
    }
    const { name: called, reason, allow = [] } = window
    const targets = window.targets?.map((pattern, j) => targetOf(pattern, [...path, 'targets', j], scope))
    const when = whenOf(window, path, scope)
    return when ? [{ name: called, reason, when, ...(targets && { targets }), allow }] : []
  })
}
