import type { PauseView } from '../../../src/domain/view.ts'
import { usePauses } from '../../api.ts'
import { Badge } from '../../ui/badge.tsx'
import { Folded } from '../../ui/folded.tsx'
import { Section } from '../../ui/page.tsx'
import { Ago, Countdown } from '../../ui/time.tsx'
import { useDictionary } from '../../words/words.ts'
import { pauseWords } from './pause-words.ts'

/** Everything that keeps its hands still now; nothing at all where there is nothing. */
export function Pauses() {
  const words = useDictionary(pauseWords)
  const { data = [] } = usePauses()
  if (data.length === 0) return null
  return (
    <Section title={words.title}>
      <Folded items={data} most={5} className="touched">
        {(pause) => <Pause key={[pause.kind, pause.about, pause.who, pause.since].join(' ')} pause={pause} />}
      </Folded>
    </Section>
  )
}

function Pause({ pause: { kind, about, who, why, since, until, ends } }: { readonly pause: PauseView }) {
  const words = useDictionary(pauseWords)
  return (
    <li>
      <p>
        <span>{about ?? words.everything}</span>
        <Badge tone="quiet" mark="‖">
          {words.kinds[kind]}
        </Badge>
        {since !== undefined && (
          <span className="soft">
            {words.since} <Ago at={since} />
          </span>
        )}
        {until !== undefined && (
          <span className="soft">
            {words.left} <Countdown to={until} />
          </span>
        )}
      </p>
      <p className="soft">
        {who !== undefined && `${who}: `}
        {why}
      </p>
      <p className="soft">
        {words.ends} <code>{ends}</code>
      </p>
    </li>
  )
}
