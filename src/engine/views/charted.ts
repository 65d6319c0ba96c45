import type { EntryBody } from '../../domain/entry.ts'
import { messageOf } from '../../domain/errors.ts'
import type { ChangeView, Chart } from '../../domain/chart.ts'
import type { Incident } from '../../domain/incident.ts'
import type { ResourceRef } from '../../domain/resource.ts'
import { related } from '../../domain/topology.ts'
import type { Sight } from '../../assess/measure.ts'
import { note, sightOf, type Engine } from '../engine.ts'
import { HOUR_MS } from './changes.ts'
import { chartsOf } from './charts.ts'
import { seenChanges } from './seen-changes.ts'
import { watchedOf } from './watched.ts'

const MOST_CHARTS = 6
const MOST_POINTS = 120
const MOST_CHANGES = 20
/** Digits of a value: more are not seen on any chart. */
const DIGITS = 6

/**
 * What the windows show of an open incident, to be kept on the record; empty where they show nothing. Never throws: no
 * incident is kept from ending by what is only looked at.
 */
export function chartedNow(engine: Engine, id: string): Extract<EntryBody, { kind: 'charted' }>[] {
  const incident = engine.incidents.get(id)
  if (!incident) return []
  try {
    const sight = sightOf(engine)
    const findings = [...incident.findings, ...(incident.quiet?.findings ?? [])]
    const watched = watchedOf(findings, incident.proposal?.plan, engine.settings)
    const range = { from: incident.openedAt - HOUR_MS, to: sight.now, points: MOST_POINTS }
    const charts = chartsOf(watched, sight, range).filter(({ points }) => points.length > 0)
    const changes = seenChanges(incident, sight).slice(0, MOST_CHANGES)
    const meanwhile = changedByOthers(incident, sight).slice(0, MOST_CHANGES)
    if (charts.length === 0 && changes.length === 0 && meanwhile.length === 0) return []
    const kept = { charts: charts.slice(0, MOST_CHARTS).map(rounded), changes }
    return [{ kind: 'charted', ...kept, ...(meanwhile.length > 0 && { meanwhile }) }]
  } catch (thrown) {
    engine.ports.log.warn({ incident: id, problem: messageOf(thrown) }, 'charts not kept')
    return []
  }
}

/** What was seen to be restarted or configured anew while the incident was open, where no run of ours was at it. */
function changedByOthers(incident: Incident, sight: Pick<Sight, 'windows' | 'topology' | 'now'>): ChangeView[] {
  const { openedAt, attempts } = incident
  const isOurs = (target: ResourceRef): boolean =>
    attempts.some((attempt) => related(sight.topology, attempt.target, target))
  return seenChanges(incident, sight, { from: openedAt + 1, until: sight.now }).filter(
    ({ target }) => target !== undefined && !isOurs(target),
  )
}

/** Keeps them once a run has ended; a record that cannot be written is no reason to stop for. */
export async function keepCharts(engine: Engine, incident: string): Promise<void> {
  const charted = chartedNow(engine, incident)
  if (charted.length === 0) return
  await note(engine, charted, { incident }).catch((thrown: unknown) => {
    engine.ports.log.warn({ incident, problem: messageOf(thrown) }, 'charts not kept')
  })
}

function rounded(chart: Chart): Chart {
  const points = chart.points.map(
    ([at, value]) => [Math.round(at), value === null ? null : Number(value.toPrecision(DIGITS))] as const,
  )
  return { ...chart, points }
}
