import { type CSSProperties, type ReactNode, useMemo, useState } from 'react'
import { Link } from 'wouter'
import type { TargetState, TargetView } from '../../../src/domain/view.ts'
import { lacking, useMe, useStatus, useTargets } from '../../api.ts'
import { targetPath, useFilter } from '../../filter.ts'
import '../../styles/lists.css'
import '../../styles/targets.css'
import { Asked, Empty } from '../../ui/asked.tsx'
import { TARGET_MARKS, TargetBadge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { Page } from '../../ui/page.tsx'
import { type Column, Table } from '../../ui/table.tsx'
import { useDictionary, useWords } from '../../words/words.ts'
import { Free } from './free.tsx'
import { HoldButton } from './hold.tsx'
import { countsOf, filtered, filterFrom, flat, keptNow, type Row, searchOf, STATES, treeOf } from './shape.ts'
import type { TargetFilter } from './shape.ts'
import { words as dictionary } from './words.ts'

/** So many lines are shown at first, and more by as many. */
const AT_ONCE = 300

/** Every known target by lineage, and how it is. */
export function TargetsPage() {
  const words = useDictionary(dictionary)
  const targets = useTargets()
  return (
    <Page title={words.title}>
      <Asked query={targets} what={words.what} lines={8}>
        {(views) => <Targets views={views} />}
      </Asked>
    </Page>
  )
}

function Targets({ views }: { readonly views: readonly TargetView[] }) {
  const words = useDictionary(dictionary)
  const [filter, change] = useFilter(filterFrom, searchOf)
  const tree = useMemo(() => treeOf(views), [views])
  if (views.length === 0) return <Empty title={words.none}>{words.noneWhy}</Empty>
  const rows = flat(filtered(tree, filter))
  return (
    <div className="targets">
      <Filter views={views} filter={filter} change={change} />
      <TargetTable
        rows={rows}
        empty={
          <Empty title={words.noneSuch}>
            <Button onClick={() => change({ text: '' })}>{words.clear}</Button>
          </Empty>
        }
      />
    </div>
  )
}

type FilterProps = {
  readonly views: readonly TargetView[]
  readonly filter: TargetFilter
  readonly change: (filter: TargetFilter) => void
}

function Filter({ views, filter, change }: FilterProps) {
  const words = useDictionary(dictionary)
  const { targetState } = useWords()
  const counts = countsOf(views)
  const { text } = filter
  const toggle = (state: TargetState): void => change(filter.state === state ? { text } : { state, text })
  return (
    <search className="filter" aria-label={words.filter}>
      <button type="button" className="chip" aria-pressed={filter.state === undefined} onClick={() => change({ text })}>
        {words.all} <span className="number">{views.length}</span>
      </button>
      {STATES.map((state) => (
        <button
          key={state}
          type="button"
          className="chip"
          aria-pressed={filter.state === state}
          disabled={counts.get(state) === 0 && filter.state !== state}
          onClick={() => toggle(state)}
        >
          <span aria-hidden="true" className={`mark-${TARGET_MARKS[state].tone}`}>
            {TARGET_MARKS[state].mark}
          </span>{' '}
          {targetState[state]} <span className="number">{counts.get(state)}</span>
        </button>
      ))}
      <input
        type="search"
        aria-label={words.search}
        placeholder={words.search}
        value={text}
        onChange={(event) => change({ ...filter, text: event.target.value })}
      />
    </search>
  )
}

type TableProps = {
  readonly rows: readonly Row[]
  readonly empty: ReactNode
}

function TargetTable({ rows, empty }: TableProps) {
  const words = useDictionary(dictionary)
  const [most, setMost] = useState(AT_ONCE)
  const { roles } = useWords()
  const { data: me } = useMe()
  const { data: status } = useStatus()
  const kept = keptNow(status)
  const columns: readonly Column<Row>[] = [
    { key: 'target', head: words.target, cell: (row) => <Name row={row} /> },
    { key: 'state', head: words.state, cell: ({ view }) => <TargetBadge state={view.state} /> },
    {
      key: 'because',
      head: words.because,
      cell: ({ view }) => (view.because === undefined ? <Nothing /> : <Free text={view.because} />),
    },
    { key: 'policies', head: words.policies, cell: ({ view }) => <Policies view={view} /> },
    { key: 'incident', head: words.incident, cell: ({ view }) => <IncidentLink incident={view.incident} /> },
    {
      key: 'orders',
      head: words.orders,
      cell: ({ view: { target }, owners }) => <HoldButton place={{ target, owners }} kept={kept} me={me} />,
    },
  ]
  const left = rows.length - most
  const role = lacking('hold', me)
  return (
    <>
      {role !== undefined && <p className="soft">{words.holdNeeds(roles[role])}</p>}
      <Table
        caption={words.title}
        columns={columns}
        rows={rows.slice(0, most)}
        keyOf={({ view }) => view.target}
        empty={empty}
      />
      {left > 0 && (
        <p className="after">
          <Button onClick={() => setMost(most + AT_ONCE)}>{words.more(Math.min(left, AT_ONCE))}</Button>{' '}
          <span className="soft">{words.shown(most, rows.length)}</span>
        </p>
      )}
    </>
  )
}

/** Set in as deep as it stands in the lineage. */
function Name({ row: { view, owners } }: { readonly row: Row }) {
  return (
    <span className="lineage" style={{ '--depth': owners.length } as CSSProperties}>
      <Link className="ref" href={targetPath(view.target)}>
        {view.target}
      </Link>
    </span>
  )
}

/** One by name, several by number: the page of the target has them all. */
function Policies({ view: { policies, target } }: { readonly view: TargetView }) {
  const words = useDictionary(dictionary)
  const [first, ...others] = policies
  if (first === undefined) return <Nothing />
  if (others.length === 0) return <Link href={`/policies?q=${encodeURIComponent(first)}`}>{first}</Link>
  return (
    <Link href={targetPath(target)} title={policies.join(', ')}>
      {words.policyCount(policies.length)}
    </Link>
  )
}

function IncidentLink({ incident }: { readonly incident: string | undefined }) {
  if (incident === undefined) return <Nothing />
  return (
    <Link className="ref" href={`/incidents/${encodeURIComponent(incident)}`}>
      {incident}
    </Link>
  )
}

function Nothing() {
  return <span className="soft nothing">–</span>
}
