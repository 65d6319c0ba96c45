import type { UseQueryResult } from '@tanstack/react-query'
import { useSearchParams } from 'wouter'
import type { TargetView } from '../../../src/domain/view.ts'
import { Asked, Empty } from '../../ui/asked.tsx'
import { Section } from '../../ui/page.tsx'
import { useDictionary } from '../../words/words.ts'
import { TopologyMap } from './topology-map.tsx'
import { TopologyTable } from './topology-table.tsx'
import { overviewWords } from './words.ts'

const VIEWS = ['map', 'table'] as const
/** A map needs room. */
const NARROW = '(max-width: 640px)'

/** Everything that is watched, and who depends on whom: as a map, or as a table. */
export function Topology({ query }: { readonly query: UseQueryResult<readonly TargetView[]> }) {
  const words = useDictionary(overviewWords).topology
  const [search, setSearch] = useSearchParams()
  const asked = search.get('targets')
  const shown = VIEWS.find((view) => view === asked) ?? (matchMedia(NARROW).matches ? 'table' : 'map')
  const choose = (view: string): void =>
    setSearch((before) => ({ ...Object.fromEntries(before), targets: view }), { replace: true })
  const choice = (
    <fieldset className="segments">
      <legend className="unseen">{words.view}</legend>
      {VIEWS.map((view) => (
        <label key={view}>
          <input type="radio" name="targets" checked={view === shown} onChange={() => choose(view)} />
          <span>{words[view]}</span>
        </label>
      ))}
    </fieldset>
  )
  return (
    <Section title={words.title} aside={choice}>
      <Asked query={query} what={words.what} lines={6}>
        {(targets) => {
          if (targets.length === 0) return <Empty title={words.none}>{words.noneText}</Empty>
          return shown === 'map' ? <TopologyMap targets={targets} /> : <TopologyTable targets={targets} />
        }}
      </Asked>
    </Section>
  )
}
