import { ConflictError, TerminalError } from '../../domain/errors.ts'
import type { Spec, Specs } from '../../domain/ports.ts'
import type { ResourceRef } from '../../domain/resource.ts'

/** A service's instances: how many always run, and which stand by, in the order of their names. */
export type Members = { readonly always: number; readonly standby: readonly ResourceRef[] }

/**
 * How many instances a service has, as a document `{ replicas }` made of the documents of those that stand by. The
 * revision names that of each of them. A change is told to every one under the same key, so that each judges for itself
 * whether it is as it was, and knows the change again.
 *
 * @param replicas whether an instance that stands by is wanted: `running`
 */
export function workloadsOf(membersOf: (service: ResourceRef) => Promise<Members>, replicas: Specs): Specs {
  const look = (standby: readonly ResourceRef[], abort: AbortSignal): Promise<Replica[]> =>
    Promise.all(standby.map(async (ref) => ({ ref, ...(await replicas.read(ref, abort)) })))
  return {
    read: async (target, abort) => {
      const { always, standby } = await membersOf(target)
      const seen = await look(standby, abort)
      return { revision: revisionOf(seen), values: { replicas: always + running(seen).length } }
    },
    patch: async (target, { values, ifRevision, key, holdMs }, abort) => {
      if (holdMs !== undefined) throw new TerminalError(`cannot hold '${target}' up: nothing there takes it back`)
      const members = await membersOf(target)
      const { always, standby } = members
      const count = countIn(target, values, members)
      const before = revisionsIn(ifRevision)
      const seen = await look(standby, abort)
      if (before.size !== seen.length || seen.some(({ ref }) => !before.has(ref))) {
        throw new ConflictError(`other instances of '${target}' stand by now`)
      }
      const wanted = new Set(wantedOf(standby, running(seen), count - always))
      for (const { ref } of changedFirst(seen, before)) {
        const change = { values: { running: wanted.has(ref) }, ifRevision: before.get(ref) ?? '', key }
        await replicas.patch(ref, change, abort)
      }
    },
    byHand: async (target, { values }) => {
      const members = await membersOf(target)
      const now = running(await look(members.standby, AbortSignal.timeout(BY_HAND_MS)))
      const wanted = wantedOf(members.standby, now, countIn(target, values, members) - members.always)
      const other = members.standby.filter((ref) => now.includes(ref) !== wanted.includes(ref))
      const asked = other.map(
        async (ref) => (await replicas.byHand?.(ref, { values: { running: wanted.includes(ref) } })) ?? [],
      )
      return (await Promise.all(asked)).flat()
    },
  }
}

/** Whoever does not answer by then is not asked: a person looks at a page. */
const BY_HAND_MS = 500

type Replica = Spec & { readonly ref: ResourceRef }

const revisionOf = (seen: readonly Replica[]): string => seen.map(({ ref, revision }) => `${ref}=${revision}`).join(',')

const revisionsIn = (revision: string): ReadonlyMap<string, string> =>
  new Map(revision.split(',').map((one) => [one.split('=')[0] ?? '', one.split('=')[1] ?? '']))

const running = (seen: readonly Replica[]): ResourceRef[] =>
  seen.filter(({ values }) => values['running'] === true).map(({ ref }) => ref)

/** The first ones that stand by are started, the last ones that run are stopped. */
export function wantedOf<T>(standby: readonly T[], now: readonly T[], count: number): readonly T[] {
  if (count <= now.length) return now.slice(0, count)
  const next = standby.filter((one) => !now.includes(one)).slice(0, count - now.length)
  return [...now, ...next]
}

/**
 * One that has changed since either knows the key, and this is a repeat, or refuses before anything was done. So where
 * somebody else has been at work, nothing is.
 */
function changedFirst(seen: readonly Replica[], before: ReadonlyMap<string, string>): readonly Replica[] {
  const { true: changed = [], false: same = [] } = Object.groupBy(seen, ({ ref, revision }) =>
    before.get(ref) === revision ? 'false' : 'true',
  )
  return [...changed, ...same]
}

/** The count that is asked for; throws TerminalError on anything that is none, or that cannot be. */
function countIn(target: ResourceRef, values: Spec['values'], { always, standby }: Members): number {
  const { replicas, ...rest } = values
  const most = always + standby.length
  if (Object.keys(rest).length === 0 && typeof replicas === 'number' && Number.isInteger(replicas)) {
    if (replicas >= always && replicas <= most) return replicas
  }
  throw new TerminalError(
    `cannot set '${target}' to ${JSON.stringify(values)}: give { replicas } from ${always}, which never stop, to ${most}`,
  )
}
