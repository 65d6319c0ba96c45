import { useState } from 'react'
import { Link } from 'wouter'
import { summaryOf } from '../../../src/cli/render-entry.ts'
import { jsonText } from '../../../src/cli/text.ts'
import type { Entry } from '../../../src/domain/entry.ts'
import type { IncidentView } from '../../../src/domain/view.ts'
import { Time } from '../../ui/time.tsx'
import { useDictionary } from '../../words/words.ts'
import { Outside } from './ref.tsx'
import { incidentWords } from './words.ts'

/** The entries of the incident, folded; each opens to what is on record, as text. */
export function Log({ view: { incident, entries } }: { readonly view: IncidentView }) {
  const words = useDictionary(incidentWords).log
  return (
    <Fold summary={words.entries(entries.length)}>
      <ol className="log">
        {entries.map((entry) => (
          <li key={entry.seq}>
            <LogLine entry={entry} />
          </li>
        ))}
      </ol>
      <Link href={`/record?incident=${encodeURIComponent(incident.id)}`}>{words.search}</Link>
    </Fold>
  )
}

function LogLine({ entry }: { readonly entry: Entry }) {
  const words = useDictionary(incidentWords)
  return (
    <Fold
      summary={
        <>
          <span className="soft number">{entry.seq}</span> <Time at={entry.at.wallMs} />{' '}
          <strong>{words.kinds[entry.kind]}</strong> <Outside>{summaryOf(entry)}</Outside>
        </>
      }
    >
      {entry.body === undefined ? <p>{words.log.pruned}</p> : <pre>{jsonText(entry)}</pre>}
    </Fold>
  )
}

/** What is folded away is not made before somebody opens it. */
export function Fold({ summary, children }: { readonly summary: React.ReactNode; readonly children: React.ReactNode }) {
  const [isOpen, open] = useState(false)
  return (
    <details className="fold" onToggle={(event) => open(event.currentTarget.open)}>
      <summary>{summary}</summary>
      {isOpen && children}
    </details>
  )
}
