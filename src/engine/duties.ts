import type { Entry } from '../domain/entry.ts'
import { mayBeOne, type Doer } from '../domain/person.ts'
import { lockedBy, type Plan } from '../domain/plan.ts'
import { isRef } from '../domain/resource.ts'
import { related } from '../domain/topology.ts'
import { elapsedMs } from '../lib/clock.ts'
import { recordOf, type Engine } from './engine.ts'

const DAY_MS = 24 * 3_600_000
const MOST_READ = 1000

/**
 * What somebody has done that bars them from approving the plan, where duties are separate: whoever loaded the
 * configuration that holds now, and whoever held, released or announced something there within a day. Undefined: nothing.
 */
export async function otherDuty(engine: Engine, plan: Plan, who: Doer): Promise<string | undefined> {
  if (!engine.settings.separateDuties) return undefined
  if ((await loaders(engine)).some((one) => mayBeOne(one, who))) return 'they loaded the configuration that holds now'
  const done = (await handsOn(engine, plan)).find((one) => mayBeOne(one, who))
  return done && `within a day they ${done.did}`
}

/** Everybody who loaded what holds now: that it was loaded again by a signal makes nobody free of it. */
async function loaders(engine: Engine): Promise<readonly Doer[]> {
  const loaded = await recordOf(engine).entries({ kinds: ['config-loaded'], newestFirst: true, limit: MOST_READ })
  const bodies = loaded.flatMap(({ body }) => (body?.kind === 'config-loaded' ? [body] : []))
  const other = bodies.findIndex(({ digest }) => digest !== engine.settings.digest)
  return bodies.slice(0, other < 0 ? bodies.length : other).flatMap(({ by, person }) => doer(by, person))
}

type Done = Doer & { readonly did: string }

async function handsOn(engine: Engine, plan: Plan): Promise<readonly Done[]> {
  const now = engine.ports.clock.moment()
  const kinds = ['held', 'released', 'announced'] as const
  const told = await recordOf(engine).entries({ kinds, newestFirst: true, limit: MOST_READ })
  return told.filter(({ at }) => elapsedMs(at, now) <= DAY_MS).flatMap((entry) => doneBy(engine, plan, entry))
}

function doneBy(engine: Engine, plan: Plan, { body, incident }: Entry): Done[] {
  if (body?.kind === 'held' && isAbout(engine, plan, body.target)) {
    return doer(body.by, body.person).map((one) => ({ ...one, did: `held ${body.target}` }))
  }
  if (body?.kind === 'announced') {
    const { by, target } = body.announcement
    if (!isAbout(engine, plan, target)) return []
    return doer(by, body.person).map((one) => ({ ...one, did: `announced work on ${target}` }))
  }
  if (body?.kind !== 'released' || (incident !== plan.incident && !isAbout(engine, plan, body.subject))) return []
  return doer(body.by, body.person).map((one) => ({ ...one, did: `released ${body.subject}` }))
}

/** Whether something was done to what the plan touches, to its owners or to its parts. */
function isAbout({ ports }: Engine, plan: Plan, subject: string): boolean {
  if (!isRef(subject)) return false
  const topology = ports.topology()
  return [plan.owner, ...lockedBy(plan)].some(
    (one) => one === subject || (isRef(one) && related(topology, one, subject)),
  )
}

function doer(by: string | undefined, person: string | undefined): Doer[] {
  return by === undefined ? [] : [{ by, ...(person !== undefined && { person }) }]
}
