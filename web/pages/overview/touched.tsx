import { Link } from 'wouter'
import type { Touched as Run } from '../../../src/domain/view.ts'
import { shortName } from '../../shape.ts'
import { Badge } from '../../ui/badge.tsx'
import { Section } from '../../ui/page.tsx'
import { Ago } from '../../ui/time.tsx'
import { useDictionary } from '../../words/words.ts'
import { overviewWords } from './words.ts'

/** What Kintsugi has its hands on, and how far it is. */
export function Touched({ touched }: { readonly touched: readonly Run[] }) {
  const words = useDictionary(overviewWords).touched
  return (
    <Section title={words.title}>
      {touched.length === 0 ? (
        <p className="soft">{words.none}</p>
      ) : (
        <ul className="touched">
          {touched.map(({ run, incident, target, remedy, stage, step, startedAt }) => (
            <li key={run}>
              <p>
                <Link href={`/incidents/${encodeURIComponent(incident)}`} title={target}>
                  {shortName(target)}
                </Link>{' '}
                <Badge tone="gold" mark="◆">
                  {words.stages[stage]}
                </Badge>{' '}
                {words.since} <Ago at={startedAt} />
              </p>
              <p className="soft">
                {remedy}
                {step !== undefined && ` · ${step}`}
              </p>
            </li>
          ))}
        </ul>
      )}
    </Section>
  )
}
