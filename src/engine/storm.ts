import { distinctCauses, distinctRoots, type Opening } from '../correlate/causes.ts'
import { isTrouble } from '../correlate/flapping.ts'
import type { Cause } from '../domain/cause.ts'
import type { Elsewhere } from '../domain/finding.ts'
import type { Incident } from '../domain/incident.ts'
import type { Order } from '../domain/operator.ts'
import { UsageError } from '../domain/errors.ts'
import type { RecordReader } from '../domain/ports.ts'
import { durableOwner } from '../domain/topology.ts'
import { namesText, recentCauses } from '../gate/gates/storm.ts'
import { elapsedMs, type Moment } from '../lib/clock.ts'
import { durationText } from '../lib/duration.ts'
import { note, type Engine } from './engine.ts'
import { diagnosisOf } from './stages.ts'

/** What is known of the causes of late; it outlives a restart as far as the record says. */
export type StormWatch = {
  /** By incident: those that are open, and those that ended within the time. */
  readonly openings: Map<string, Opening>
  causes: readonly Cause[]
  /** A storm is on, and a person has been paged for it. */
  isOn: boolean
}

/** Under this name a person ends a storm. */
export const STORM = 'storm'
const MOST_READ_BACK = 200
/** What was opened then is no news: it explains others, and counts no more itself. */
const LONG_AGO: Moment = { wallMs: 0, bootMs: 0, bootId: 'long ago' }

export function noStorm(): StormWatch {
  return { openings: new Map(), causes: [], isOn: false }
}

export async function readStorm(record: RecordReader): Promise<StormWatch> {
  const [last] = await record.entries({ kinds: ['storm-began', 'storm-ended'], newestFirst: true, limit: 1 })
  const opened = await record.entries({ kinds: ['incident-opened'], newestFirst: true, limit: MOST_READ_BACK })
  const releasedBy = last?.body?.kind === 'storm-ended' && last.body.by !== undefined ? last.seq : 0
  const openings = opened.flatMap(({ incident, body, at, seq }): [string, Opening][] => {
    if (incident === undefined || body?.kind !== 'incident-opened' || !isIll(body)) return []
    const failing = body.findings.map(({ target }) => target)
    return [[incident, { root: body.owner, since: seq < releasedBy ? LONG_AGO : at, failing }]]
  })
  return { openings: new Map(openings), causes: [], isOn: last?.kind === 'storm-began' }
}

/**
 * Works out the causes of what was opened of late, before anything is treated, and pages a person once where there are too
 * many. Diagnoses are asked for only where so many owners are concerned that it could be a storm.
 */
export async function watchStorm(engine: Engine, others: (incident: Incident) => Elsewhere): Promise<void> {
  const { storm, settings, incidents, ports } = engine
  const limit = settings.limits.storm
  storm.causes = []
  if (!limit) return
  const now = ports.clock.moment()
  const open = incidents.open().filter(isIll)
  for (const one of open) storm.openings.set(one.id, openingOf(engine, one, one.owner))
  for (const [id, { since }] of storm.openings) {
    if (elapsedMs(since, now) >= limit.withinMs && !incidents.get(id)) storm.openings.delete(id)
  }
  const byOwner = distinctRoots([...storm.openings.values()])
  if (recentCauses(byOwner, limit, now).length < limit.causes) storm.causes = byOwner
  else {
    const topology = ports.topology()
    for (const one of open) {
      const { hypotheses } = one.diagnosis ?? diagnosisOf(engine, one, others(one))
      const root = hypotheses[0]?.target
      if (root) storm.openings.set(one.id, openingOf(engine, one, durableOwner(topology, root)))
    }
    storm.causes = distinctCauses([...storm.openings.values()], topology)
  }
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
  const { storm } = engine
  if (!storm.isOn) throw new UsageError('nothing to release: there is no storm')
  await note(engine, [{ kind: 'storm-ended', by, reason }], { closing: true })
  for (const [id, opening] of storm.openings) storm.openings.set(id, { ...opening, since: LONG_AGO })
  storm.isOn = false
  storm.causes = []
}

/** An incident that is not known yet was opened in this turn. */
function openingOf({ storm, ports }: Engine, { id, findings }: Incident, root: Opening['root']): Opening {
  const since = storm.openings.get(id)?.since ?? ports.clock.moment()
  return { root, since, failing: findings.map(({ target }) => target) }
}

/** Something is seen to be wrong: what is unseen, or only due, is no cause of anything. */
function isIll({ findings }: Pick<Incident, 'findings'>): boolean {
  return findings.some((finding) => finding.state === 'violated' && isTrouble(finding))
}
