import { z } from 'zod'
import type { Json } from '../lib/json.ts'
import type { Rung } from './ladder.ts'
import { suggestion, type Problem } from './problems.ts'
import type { Scope } from './scope.ts'

/**
 * What a policy sets for the remedies of its ladder, by name, as each remedy reads it. A remedy stands once on a ladder,
 * since what was tried in vain is not tried again.
 */
export function settingsOf(rungs: readonly Rung[], scope: Scope): Record<string, Json> {
  const found = rungs.flatMap((rung, i): [string, Json][] => {
    const repeated = rungs.findIndex(({ name }) => name === rung.name) !== i
    const message = repeated ? `"${rung.name}" stands twice on this ladder` : unknownRemedy(rung, scope)
    if (message !== undefined) scope.problems.push({ path: rung.path, message })
    else if (rung.settings !== undefined) return [[rung.name, read(rung, rung.settings, scope)]]
    // One that cannot do without settings would never apply.
    else read(rung, {}, scope)
    return []
  })
  return Object.fromEntries(found)
}

function unknownRemedy({ name }: Rung, { catalogue }: Scope): string | undefined {
  if (!catalogue || catalogue.remedies.has(name)) return undefined
  return `no remedy is named "${name}"${suggestion(name, [...catalogue.remedies.keys()])}`
}

function read(rung: Rung, settings: Json, { catalogue, problems }: Scope): Json {
  if (!catalogue) return settings
  const schema = catalogue.remedies.get(rung.name)
  if (!schema && rung.settings !== undefined) {
    problems.push({ path: rung.path, message: `${rung.name} takes no settings` })
  }
  const { data, error } = schema?.safeParse(settings) ?? {}
  for (const issue of error?.issues ?? []) problems.push(...problemsAt(issue, rung, schema))
  return data ?? settings
}

function problemsAt(issue: z.core.$ZodIssue, { name, inside }: Rung, schema: z.ZodType | undefined): Problem[] {
  const path = issue.path.map((part) => (typeof part === 'number' ? part : String(part)))
  if (issue.code !== 'unrecognized_keys') {
    const message = `${name}${path.length > 0 ? ` needs ${path.join('.')}` : ''}: ${issue.message.replace(/^Invalid input: /, '')}`
    return [{ path: inside(path), message }]
  }
  const keys = schema instanceof z.ZodObject ? Object.keys(schema.shape) : []
  return issue.keys.map((key) => ({
    path: inside([...path, key]),
    message: `unknown setting of ${name}${suggestion(key, keys)}`,
    atKey: true,
  }))
}
