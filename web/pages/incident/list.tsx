import { memo, useDeferredValue, useEffect, useMemo } from 'react'
import { Link, useSearchParams } from 'wouter'
import type { Incident } from '../../../src/domain/incident.ts'
import { useFormat } from '../../format.ts'
import '../../styles/incident.css'
import { Asked, Empty, Loading } from '../../ui/asked.tsx'
import { Badge, IncidentBadge, SeverityBadge } from '../../ui/badge.tsx'
import { Page } from '../../ui/page.tsx'
import { ProblemNote } from '../../ui/problem.tsx'
import { Ago, Duration, Time } from '../../ui/time.tsx'
import { useDictionary, useWords } from '../../words/words.ts'
import { ENDS } from './ending.tsx'
import { type IncidentList, useIncidentList } from './older.ts'
import { Outside, Ref } from './ref.tsx'
import { type ListFilter, listFilterFrom, listSearchOf, noteOf, rowsOf, type StateFilter } from './rows.ts'
import { short } from './say.ts'
import { useWindowed } from './windowed.ts'
import { incidentWords } from './words.ts'

/** Every incident: the open ones first, then the newest; older pages come while one scrolls. */
export function IncidentsPage() {
  const title = useWords().nav.incidents
  const words = useDictionary(incidentWords).list
  const list = useIncidentList()
  const [params, setParams] = useSearchParams()
  const filter = listFilterFrom(params)
  const change = (to: Partial<ListFilter>): void =>
    setParams(listSearchOf({ ...filter, ...to }), { replace: to.text !== undefined })
  return (
    <Page title={title} aside={<Filters filter={filter} change={change} />}>
      <Asked query={list.open} what={words.what} lines={8}>
        {({ items }) => (
          <Asked query={list.head} what={words.what} lines={8}>
            {() => <Rows open={items} list={list} filter={filter} />}
          </Asked>
        )}
      </Asked>
    </Page>
  )
}

type FiltersProps = { readonly filter: ListFilter; readonly change: (to: Partial<ListFilter>) => void }

function Filters({ filter, change }: FiltersProps) {
  const words = useDictionary(incidentWords).list
  return (
    <div className="filters">
      <select
        aria-label={words.state}
        value={filter.state}
        onChange={(event) => change({ state: event.target.value as StateFilter })}
      >
        {Object.entries(words.states).map(([state, title]) => (
          <option key={state} value={state}>
            {title}
          </option>
        ))}
      </select>
      <input
        type="search"
        aria-label={words.find}
        placeholder={words.find}
        value={filter.text}
        onChange={(event) => change({ text: event.target.value })}
      />
    </div>
  )
}

/** So few rows are no reason to wait for a scroll. */
const FEW = 50
/** So near the end the next page is asked for. */
const NEAR = 60

type RowsProps = { readonly open: readonly Incident[]; readonly list: IncidentList; readonly filter: ListFilter }

function Rows({ open, list, filter: { state, text } }: RowsProps) {
  const { closed, hasMore, isLoading, error, loadMore } = list
  const words = useDictionary(incidentWords).list
  const { problem } = useWords()
  const { number } = useFormat()
  const sought = useDeferredValue(text)
  const rows = useMemo(() => rowsOf(open, closed, { state, text: sought }), [open, closed, state, sought])
  const keys = useMemo(() => rows.map(({ id }) => id), [rows])
  const { list: ref, first, last, rowPx } = useWindowed(keys)
  const wantsMore = state !== 'open' && hasMore && (rows.length < FEW || last > rows.length - NEAR)
  useEffect(() => {
    if (wantsMore && !isLoading && error === undefined) loadMore()
  }, [wantsMore, isLoading, error, loadMore])
  const isEmpty = rows.length === 0 && !wantsMore
  return (
    <>
      <p className="soft">{words.shown(number(open.length), number(closed.size), hasMore)}</p>
      {isEmpty && <Nothing isSought={text !== '' || state !== 'all'} count={open.length + closed.size} />}
      <ol className="incidents" ref={ref} style={{ height: rows.length * rowPx }}>
        {rows.slice(first, last).map((incident, index) => (
          <li
            key={incident.id}
            aria-setsize={hasMore ? -1 : rows.length}
            aria-posinset={first + index + 1}
            style={{ transform: `translateY(${(first + index) * rowPx}px)` }}
          >
            <Row incident={incident} />
          </li>
        ))}
      </ol>
      {error !== undefined && <ProblemNote error={error} attempted={problem.load(words.what)} onRetry={loadMore} />}
      {wantsMore && error === undefined && (
        <>
          <p className="soft">{sought === '' ? words.older : words.searching}</p>
          <Loading lines={2} />
        </>
      )}
    </>
  )
}

function Nothing({ isSought, count }: { readonly isSought: boolean; readonly count: number }) {
  const words = useDictionary(incidentWords).list
  const { number } = useFormat()
  if (isSought) return <Empty title={words.noMatch}>{words.noMatchWhy(number(count))}</Empty>
  return <Empty title={words.none}>{words.noneWhy}</Empty>
}

/** Made anew only when its incident is: what is scrolled by stays as it is. */
const Row = memo(function Row({ incident }: { readonly incident: Incident }) {
  const words = useDictionary(incidentWords).list
  const { id, owner, severity, status, openedAt, closedAt } = incident
  return (
    <Link href={`/incidents/${encodeURIComponent(id)}`} className="incident-row">
      <span className="row-owner">
        <Ref>{owner}</Ref>
      </span>
      <span className="row-badges">
        <SeverityBadge severity={severity} />
        <IncidentBadge status={status} />
      </span>
      <span className="row-time">
        <Time at={openedAt} />
        <span className="soft">
          {closedAt === undefined ? (
            <>
              {words.openFor} <Ago at={openedAt} />
            </>
          ) : (
            <>
              {words.took} <Duration ms={closedAt - openedAt} />
            </>
          )}
        </span>
      </span>
      <span className="row-note">
        <Note incident={incident} />
      </span>
    </Link>
  )
})

function Note({ incident }: { readonly incident: Incident }) {
  const words = useDictionary(incidentWords)
  const note = noteOf(incident)
  switch (note.kind) {
    case 'ended':
      return <Badge {...ENDS[note.by]}>{words.endedBy[note.by]}</Badge>
    case 'takenOver':
      return words.list.takenOver(short(note.by))
    case 'running':
    case 'proposed':
      return words.list[note.kind](short(note.remedy), short(note.target))
    case 'ran':
      return words.list.ran(short(note.remedy), short(note.target), words.fates[note.outcome])
    case 'well':
      return (
        <>
          {words.list.well} <Time at={note.since} />
        </>
      )
    case 'waits':
      return <Outside>{note.reason}</Outside>
    case 'notDecided':
      return <span className="soft">{words.list.notDecided}</span>
  }
}
