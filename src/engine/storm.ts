import { distinctCauses, type Opening } from '../correlate/causes.ts'
import { isTrouble } from '../correlate/flapping.ts'
import type { Cause } from '../domain/cause.ts'
import type { Elsewhere } from '../domain/finding.ts'
import type { Incident } from '../domain/incident.ts'
import type { Order } from '../domain/operator.ts'
import { UsageError } from '../domain/errors.ts'
import type { RecordReader } from '../domain/ports.ts'
import { durableOwner } from '../domain/topology.ts'
import { namesText, recentCauses } from '../gate/gates/storm.ts'
import { durationText } from '../lib/duration.ts'
import { note, type Engine } from './engine.ts'
import { diagnosisOf } from './stages.ts'

/** What is known of the causes of late; it outlives a restart as far as the record says. */
export type StormWatch = {
  /** By incident, also those that have ended since. */
  readonly openings: Map<string, Opening>
  causes: readonly Cause[]
  /** A storm is on, and a person has been paged for it. */
  isOn: boolean
  /** What was opened by then, in epoch milliseconds, a person has let go. */
  releasedAt: number
}

/** Under this name a person ends a storm. */
export const STORM = 'storm'
const MOST_READ_BACK = 200

export async function readStorm(record: RecordReader): Promise<StormWatch> {
  const [last] = await record.entries({ kinds: ['storm-began', 'storm-ended'], newestFirst: true, limit: 1 })
  const opened = await record.entries({ kinds: ['incident-opened'], newestFirst: true, limit: MOST_READ_BACK })
  const openings = opened.flatMap(({ incident, body, at }): [string, Opening][] => {
    if (incident === undefined || body?.kind !== 'incident-opened' || !isIll(body)) return []
    return [[incident, { root: body.owner, since: at.wallMs, failing: body.findings.map(({ target }) => target) }]]
  })
  const isReleased = last?.body?.kind === 'storm-ended' && last.body.by !== undefined
  const releasedAt = isReleased ? last.at.wallMs : -Infinity
  return { openings: new Map(openings), causes: [], isOn: last?.kind === 'storm-began', releasedAt }
}

/**
 * Works out the causes of what was opened of late, before anything is treated, and pages a person once where there are too
 * many. Diagnoses are asked for only where so many owners are concerned that it could be a storm.
 */
export async function watchStorm(engine: Engine, others: (incident: Incident) => Elsewhere): Promise<void> {
  const { storm, settings, incidents, ports } = engine
  const limit = settings.limits.storm
  storm.causes = []
  if (!limit) return storm.openings.clear()
  const now = ports.clock.now()
  const topology = ports.topology()
  const isOfLate = (since: number): boolean => now - since < limit.withinMs && since > storm.releasedAt
  for (const [id, { since }] of storm.openings) if (!isOfLate(since)) storm.openings.delete(id)
  const fresh = incidents.open().filter((one) => isOfLate(one.openedAt) && isIll(one))
  for (const one of fresh) storm.openings.set(one.id, openingOf(one, one.owner))
  const owners = new Set([...storm.openings.values()].map(({ root }) => root))
  if (owners.size >= limit.causes) {
    for (const one of fresh) {
      const diagnosis = one.diagnosis ?? diagnosisOf(engine, one, others(one))
      const root = diagnosis.hypotheses[0]?.target
      if (root) storm.openings.set(one.id, openingOf(one, durableOwner(topology, root)))
    }
  }
  storm.causes = distinctCauses([...storm.openings.values()], topology)
  await noteStorm(engine, recentCauses(storm.causes, limit, now), limit.causes)
}

async function noteStorm(engine: Engine, recent: readonly Cause[], most: number): Promise<void> {
  const { storm, settings } = engine
  const isStorm = recent.length >= most
  if (isStorm === storm.isOn) return
  if (isStorm) {
    const within = durationText(settings.limits.storm?.withinMs ?? 0)
    const what = `${recent.length} causes within ${within}: ${namesText(recent)}`
    const reason = `a storm, nothing more is begun until it is over, or: kintsugi release ${STORM}; ${what}`
    const causes = recent.map(({ root }) => root)
    await note(engine, [
      { kind: 'storm-began', causes },
      { kind: 'paged', about: STORM, reason },
    ])
  } else await note(engine, [{ kind: 'storm-ended', reason: `${recent.length} causes are left` }])
  storm.isOn = isStorm
}

/** A person has looked: what was opened so far counts no longer. Throws UsageError where there is no storm. */
export async function releaseStorm(engine: Engine, { by, reason }: Order): Promise<void> {
  const { storm, ports } = engine
  if (!storm.isOn) throw new UsageError('nothing to release: there is no storm')
  const at = ports.clock.now()
  await note(engine, [{ kind: 'storm-ended', by, reason }], { closing: true })
  Object.assign(storm, { isOn: false, releasedAt: at, causes: [] })
  storm.openings.clear()
}

function openingOf({ openedAt, findings }: Incident, root: Opening['root']): Opening {
  return { root, since: openedAt, failing: findings.map(({ target }) => target) }
}

/** Something is seen to be wrong: what is unseen, or only due, is no cause of anything. */
function isIll({ findings }: Pick<Incident, 'findings'>): boolean {
  return findings.some((finding) => finding.state === 'violated' && isTrouble(finding))
}
