import type { ChangeView } from '../../../src/domain/chart.ts'
import { Time } from '../../ui/time.tsx'
import { useDictionary } from '../../words/words.ts'
import { Outside, Ref } from './ref.tsx'
import { incidentWords } from './words.ts'

/** What was changed before it began, and by whom. */
export function Changes({ changes }: { readonly changes: readonly ChangeView[] }) {
  const words = useDictionary(incidentWords)
  if (changes.length === 0) return <p className="soft">{words.changesBefore.none}</p>
  return (
    <ul className="changes">
      {changes.map(({ at, what, target, by, text }, index) => (
        // Two of one kind may be of one moment.
        // oxlint-disable-next-line react/no-array-index-key
        <li key={index}>
          <p className="change-head">
            <Time at={at} />
            <strong>{words.changes[what]}</strong>
            {by !== undefined && <Outside>{by}</Outside>}
          </p>
          <p>
            <Outside>{text}</Outside>
          </p>
          {target !== undefined && <Ref>{target}</Ref>}
        </li>
      ))}
    </ul>
  )
}
