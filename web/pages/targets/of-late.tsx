import { Link } from 'wouter'
import type { Incident } from '../../../src/domain/incident.ts'
import type { RunRow } from '../../../src/domain/ledger.ts'
import { useIncidents, useRuns } from '../../api.ts'
import { Asked } from '../../ui/asked.tsx'
import { IncidentBadge, OutcomeBadge, SeverityBadge } from '../../ui/badge.tsx'
import { Section } from '../../ui/page.tsx'
import { type Column, Table } from '../../ui/table.tsx'
import { Duration, Time } from '../../ui/time.tsx'
import { useDictionary } from '../../words/words.ts'
import { incidentsOn, type Place, runsOn } from './shape.ts'
import { words as dictionary } from './words.ts'

const NEWEST = 100
const SHOWN = 10

/** Incidents about a target, among the newest of all. */
export function Incidents({ place }: { readonly place: Place }) {
  const words = useDictionary(dictionary)
  const incidents = useIncidents('all', { limit: NEWEST })
  const columns: readonly Column<Incident>[] = [
    { key: 'id', head: words.incident, cell: ({ id }) => <IncidentLink incident={id} /> },
    { key: 'status', head: words.status, cell: ({ status }) => <IncidentBadge status={status} /> },
    { key: 'severity', head: words.severity, cell: ({ severity }) => <SeverityBadge severity={severity} /> },
    { key: 'owner', head: words.target, cell: ({ owner }) => <span className="ref">{owner}</span> },
    { key: 'opened', head: words.opened, cell: ({ openedAt }) => <Time at={openedAt} /> },
    { key: 'took', head: words.took, cell: ({ openedAt, closedAt }) => <Took from={openedAt} to={closedAt} /> },
  ]
  return (
    <Section title={words.incidents}>
      <Asked query={incidents} what={words.theIncidents} lines={2}>
        {({ items }) => (
          <Table
            caption={`${words.incidents}: ${place.target}`}
            columns={columns}
            rows={incidentsOn(items, place).slice(0, SHOWN)}
            keyOf={({ id }) => id}
            empty={<p className="soft">{words.noIncidents}</p>}
          />
        )}
      </Asked>
    </Section>
  )
}

/** Runs on a target, among the newest of all. */
export function Runs({ place }: { readonly place: Place }) {
  const words = useDictionary(dictionary)
  const runs = useRuns()
  const columns: readonly Column<RunRow>[] = [
    { key: 'run', head: words.run, cell: ({ run }) => <RunLink run={run} /> },
    {
      key: 'outcome',
      head: words.outcome,
      cell: ({ outcome }) => (outcome ? <OutcomeBadge outcome={outcome} /> : words.underWay),
    },
    { key: 'target', head: words.target, cell: ({ target }) => <span className="ref">{target}</span> },
    { key: 'started', head: words.started, cell: ({ startedAt }) => <Time at={startedAt.wallMs} /> },
    {
      key: 'took',
      head: words.took,
      cell: ({ startedAt, endedAt }) => <Took from={startedAt.wallMs} to={endedAt?.wallMs} />,
    },
    { key: 'incident', head: words.incident, cell: ({ incident }) => <IncidentLink incident={incident} /> },
  ]
  return (
    <Section title={words.runs}>
      <Asked query={runs} what={words.theRuns} lines={2}>
        {({ items }) => (
          <Table
            caption={`${words.runs}: ${place.target}`}
            columns={columns}
            rows={runsOn(items, place.target).slice(0, SHOWN)}
            keyOf={({ run }) => run}
            empty={<p className="soft">{words.noRuns}</p>}
          />
        )}
      </Asked>
    </Section>
  )
}

function Took({ from, to }: { readonly from: number; readonly to: number | undefined }) {
  const words = useDictionary(dictionary)
  return to === undefined ? <span className="soft">{words.underWay}</span> : <Duration ms={Math.max(0, to - from)} />
}

function IncidentLink({ incident }: { readonly incident: string }) {
  return (
    <Link className="ref" href={`/incidents/${encodeURIComponent(incident)}`}>
      {incident}
    </Link>
  )
}

/** Its story stands on the record. */
function RunLink({ run }: { readonly run: string }) {
  return (
    <Link className="ref" href={`/record?run=${encodeURIComponent(run)}`}>
      {run}
    </Link>
  )
}
