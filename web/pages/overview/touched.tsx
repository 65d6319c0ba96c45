import { Link } from 'wouter'
import type { Touched as Run } from '../../../src/domain/view.ts'
import { shortName } from '../../shape.ts'
import { Badge } from '../../ui/badge.tsx'
import { Folded } from '../../ui/folded.tsx'
import { Section } from '../../ui/page.tsx'
import { Ago } from '../../ui/time.tsx'
import { useDictionary } from '../../words/words.ts'
import { overviewWords } from './words.ts'

type Props = { readonly touched: readonly Run[]; readonly unlisted: number }

/** What Kintsugi has its hands on, and how far it is. */
export function Touched({ touched, unlisted }: Props) {
  const words = useDictionary(overviewWords).touched
  return (
    <Section title={words.title}>
      {touched.length === 0 && <p className="soft">{words.none}</p>}
      <Folded items={touched} most={5} unlisted={unlisted} className="touched">
        {(run) => <TouchedLine key={run.run} run={run} />}
      </Folded>
    </Section>
  )
}

function TouchedLine({ run: { incident, target, remedy, stage, step, startedAt } }: { readonly run: Run }) {
  const words = useDictionary(overviewWords).touched
  return (
    <li>
      <p>
        <Link href={`/incidents/${encodeURIComponent(incident)}`} title={target}>
          {shortName(target)}
        </Link>
        <Badge tone="gold" mark="◆">
          {words.stages[stage]}
        </Badge>
        <span className="soft">
          {words.since} <Ago at={startedAt} />
        </span>
      </p>
      <p className="soft">
        {remedy}
        {step !== undefined && ` · ${step}`}
      </p>
    </li>
  )
}
