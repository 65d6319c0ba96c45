import type { z } from 'zod'
import { dirname, isAbsolute, join } from 'node:path'
import { messageOf, UsageError } from '../domain/errors.ts'
import type { Policy } from '../domain/policy.ts'
import type { Json } from '../lib/json.ts'
import type { Path, Problem } from './problems.ts'
import type { Defaults } from './profile.ts'
import { meantBy, readTarget } from './targets.ts'

/** What the rest of Kintsugi offers by name, so that a misspelt remedy is found here and not at night. */
export type Catalogue = {
  /** By name, with what a policy may set for each; undefined: nothing. */
  readonly remedies: ReadonlyMap<string, z.ZodType<Json> | undefined>
  readonly actions: readonly string[]
}

/** Where the target of a policy stands, and where what is wrong with it is told. */
export type PolicyPlace = { readonly policy: Policy; readonly path: Path; readonly problems: Problem[] }

/** What all sections share while names are looked up; problems are collected, not thrown. */
export type Scope = {
  readonly defaults: Defaults
  readonly connectors: readonly string[]
  /** The connectors that a target without one may mean. */
  readonly meantBy: (target: string) => readonly string[]
  readonly catalogue: Catalogue | undefined
  readonly problems: Problem[]
  /** Runs a reader that may throw a UsageError, which becomes a problem at the path. */
  readonly attempt: <T>(path: Path, read: () => T) => T | undefined
}

/** `types` are the connectors' types by name. */
export function scopeOf(
  defaults: Defaults,
  types: ReadonlyMap<string, string>,
  catalogue: Catalogue | undefined,
): Scope {
  const problems: Problem[] = []
  return {
    defaults,
    connectors: [...types.keys()],
    meantBy: (target) => meantBy(target, types),
    catalogue,
    problems,
    attempt: (path, read) => {
      try {
        return read()
      } catch (error) {
        if (!(error instanceof UsageError)) throw error
        problems.push({ path, message: messageOf(error) })
        return undefined
      }
    },
  }
}

/** A path in the file is meant as seen from the file's own folder. */
export function fromFolderOf(file: string, path: string): string {
  return isAbsolute(path) ? path : join(dirname(file), path)
}

/** The full name of a target or pattern; the text itself, beside a problem, where it cannot be read. */
export function targetOf(text: string, path: Path, scope: Scope): string {
  return scope.attempt(path, () => readTarget(text, scope.meantBy(text))) ?? text
}

/** Each name stands once, and is none of those that are taken elsewhere. */
export function unique(
  section: Path,
  items: readonly { readonly name: string }[] | undefined,
  { problems }: Scope,
  taken: ReadonlySet<string> = new Set(),
): void {
  for (const [i, { name }] of (items ?? []).entries()) {
    if (!taken.has(name) && items?.findIndex((other) => other.name === name) === i) continue
    problems.push({ path: [...section, i, 'name'], message: `"${name}" stands twice: each name may be used once` })
  }
}
