import type { Status } from '../../../src/domain/operator.ts'
import type { Day, TargetView } from '../../../src/domain/view.ts'
import { Loading } from '../../ui/asked.tsx'
import { TARGET_MARKS } from '../../ui/badge.tsx'
import { useDictionary } from '../../words/words.ts'
import { calmOf, countByState, STATES } from './shape.ts'
import { overviewWords } from './words.ts'

type Props = {
  readonly day: Day
  readonly status: Status | undefined
  readonly targets: readonly TargetView[] | undefined
  /** What is shown is of an earlier time. */
  readonly old: boolean
}

/** The best page of all: nothing needs you. It claims no more than is known. */
export function Calm({ day, status, targets, old }: Props) {
  const words = useDictionary(overviewWords).calm
  if (!status && !old) return <Loading lines={4} />
  const calm = calmOf({ status, targets, old })
  const quiet = day.healed + day.endedAlone + day.acted === 0
  return (
    <section className={`calm calm-${calm}`}>
      <Seam />
      <div>
        <h2>{words.titles[calm]}</h2>
        {words.hints[calm] !== '' && <p>{words.hints[calm]}</p>}
        {targets && targets.length > 0 && <States targets={targets} />}
        {calm !== 'unwatched' && <p>{quiet ? words.nothing : words.healed(day.healed, day.endedAlone)}</p>}
      </div>
    </section>
  )
}

function States({ targets }: { readonly targets: readonly TargetView[] }) {
  const words = useDictionary(overviewWords).calm
  const counts = countByState(targets)
  if (counts.well === targets.length) return <p>{words.allWell(targets.length)}</p>
  return (
    <ul className="states">
      {STATES.filter((state) => counts[state] > 0).map((state) => (
        <li key={state} className={`state-${TARGET_MARKS[state].tone}`}>
          <span aria-hidden="true">{TARGET_MARKS[state].mark}</span> {words.state[state](counts[state])}
        </li>
      ))}
    </ul>
  )
}

/** A bowl, mended. */
function Seam() {
  return (
    <svg className="seam" viewBox="0 0 96 64" aria-hidden="true">
      <path className="seam-bowl" d="M6 10h84c0 26-16 42-30 46H36C22 52 6 36 6 10z" />
      <path className="seam-gold" d="M34 10l8 14-10 10 14 8-4 14M42 24l20-4 10 12" />
    </svg>
  )
}
