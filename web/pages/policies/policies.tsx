import type { PolicyView } from '../../../src/domain/view.ts'
import { usePolicies } from '../../api.ts'
import { useFilter } from '../../filter.ts'
import '../../styles/lists.css'
import '../../styles/policies.css'
import { Asked, Empty } from '../../ui/asked.tsx'
import { Button } from '../../ui/button.tsx'
import { Page } from '../../ui/page.tsx'
import { useDictionary, useWords } from '../../words/words.ts'
import { Change } from './change.tsx'
import { Policy } from './policy.tsx'
import { AUTONOMIES, filtered, filterFrom, type PolicyFilter, searchOf } from './shape.ts'
import { words as dictionary } from './words.ts'

/** So many stand open from the start. */
const MOST_OPEN = 2

/** Every policy with what it comes to now. Here they are read; they are changed in the configuration file. */
export function PoliciesPage() {
  const words = useDictionary(dictionary)
  const policies = usePolicies()
  return (
    <Page title={words.title} aside={<a href="#change">{words.change}</a>}>
      <Asked query={policies} what={words.what} lines={8}>
        {(views) => <Policies views={views} />}
      </Asked>
      <Change />
    </Page>
  )
}

function Policies({ views }: { readonly views: readonly PolicyView[] }) {
  const words = useDictionary(dictionary)
  const [filter, change] = useFilter(filterFrom, searchOf)
  if (views.length === 0) return <Empty title={words.none}>{words.noneWhy}</Empty>
  const shown = filtered(views, filter)
  return (
    <>
      <Filter views={views} filter={filter} change={change} />
      {shown.length === 0 && (
        <Empty title={words.noneSuch}>
          <Button onClick={() => change({ blocked: false, text: '' })}>{words.clear}</Button>
        </Empty>
      )}
      <div className="policies">
        {shown.map((view) => (
          <Policy key={view.policy.name} view={view} open={shown.length <= MOST_OPEN} />
        ))}
      </div>
    </>
  )
}

type FilterProps = {
  readonly views: readonly PolicyView[]
  readonly filter: PolicyFilter
  readonly change: (filter: PolicyFilter) => void
}

function Filter({ views, filter, change }: FilterProps) {
  const words = useDictionary(dictionary)
  const { autonomy: autonomies } = useWords()
  const { autonomy: _, ...any } = filter
  const blocked = views.filter(({ limits }) => limits.length > 0).length
  return (
    <search className="filter" aria-label={words.filter}>
      <button type="button" className="chip" aria-pressed={filter.autonomy === undefined} onClick={() => change(any)}>
        {words.all} <span className="number">{views.length}</span>
      </button>
      {AUTONOMIES.map((autonomy) => {
        const count = views.filter((view) => view.autonomy === autonomy).length
        const isChosen = filter.autonomy === autonomy
        return (
          <button
            key={autonomy}
            type="button"
            className="chip"
            aria-pressed={isChosen}
            disabled={count === 0 && !isChosen}
            onClick={() => change(isChosen ? any : { ...any, autonomy })}
          >
            {autonomies[autonomy]} <span className="number">{count}</span>
          </button>
        )
      })}
      <button
        type="button"
        className="chip"
        aria-pressed={filter.blocked}
        disabled={blocked === 0 && !filter.blocked}
        onClick={() => change({ ...filter, blocked: !filter.blocked })}
      >
        {words.blocked} <span className="number">{blocked}</span>
      </button>
      <input
        type="search"
        aria-label={words.search}
        placeholder={words.search}
        value={filter.text}
        onChange={(event) => change({ ...filter, text: event.target.value })}
      />
    </search>
  )
}
