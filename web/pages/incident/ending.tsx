import { Link } from 'wouter'
import { lastOf } from '../../../src/cli/story.ts'
import type { Incident } from '../../../src/domain/incident.ts'
import type { IncidentView } from '../../../src/domain/view.ts'
import { Badge, type Tone } from '../../ui/badge.tsx'
import { Section } from '../../ui/page.tsx'
import { Time } from '../../ui/time.tsx'
import { useDictionary } from '../../words/words.ts'
import { short } from './say.ts'
import { incidentWords } from './words.ts'

type EndedBy = NonNullable<Incident['endedBy']>

export const ENDS: Readonly<Record<EndedBy, { readonly tone: Tone; readonly mark: string }>> = {
  kintsugi: { tone: 'green', mark: '●' },
  itself: { tone: 'quiet', mark: '○' },
  unknown: { tone: 'quiet', mark: '?' },
}

/** How it ended: by us, by itself, or unknown; why that is said, and which entry of the record says so. */
export function Ending({ view: { incident, entries } }: { readonly view: IncidentView }) {
  const words = useDictionary(incidentWords)
  const { closedAt, endedBy = 'unknown' } = incident
  if (closedAt === undefined) return null
  const closed = lastOf(entries, 'incident-closed')?.entry
  const run = lastOf(entries, 'run-ended')?.body
  return (
    <Section title={words.end.title}>
      <p className="ending">
        <Badge {...ENDS[endedBy]}>{words.endedBy[endedBy]}</Badge>
        <Time at={closedAt} />
        {closed && <Link href={`/record?from=${closed.seq}`}>{words.end.says(String(closed.seq))}</Link>}
      </p>
      <p>{words.end.why[endedBy]}</p>
      {run && <p className="soft">{words.end.run(words.fates[run.outcome], short(run.reason))}</p>}
    </Section>
  )
}
