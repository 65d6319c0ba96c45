import { memo, useEffect, useRef, useState } from 'react'
import { Link } from 'wouter'
import { summaryOf } from '../../../src/cli/render-entry.ts'
import { jsonText, printable } from '../../../src/cli/text.ts'
import type { Entry } from '../../../src/domain/entry.ts'
import { useRecord } from '../../api.ts'
import { Empty, Loading } from '../../ui/asked.tsx'
import { Button } from '../../ui/button.tsx'
import { CopyButton } from '../../ui/copy-button.tsx'
import { ProblemNote } from '../../ui/problem.tsx'
import { Time } from '../../ui/time.tsx'
import { useDictionary, useWords } from '../../words/words.ts'
import { queryOf, type RecordFilter } from './shape.ts'
import { words as dictionary } from './words.ts'

type Props = {
  readonly filter: RecordFilter
  /** The newest entry that may be shown. */
  readonly top: number
  readonly onClear: () => void
}

/** Entries that are looked for, newest first; older ones come when the end of the list comes into sight. */
export function Entries({ filter, top, onClear }: Props) {
  const words = useDictionary(dictionary)
  const { problem } = useWords()
  const { data, error, hasNextPage, isFetching, fetchNextPage, refetch } = useRecord(queryOf(filter, top))
  const pages = data?.pages ?? []
  const attempted = problem.load(words.what)
  if (!data && error) return <ProblemNote error={error} attempted={attempted} onRetry={() => void refetch()} />
  if (!data) return <Loading lines={12} />
  if (pages.every(({ items }) => items.length === 0) && !hasNextPage && !isFetching) {
    return (
      <Empty title={words.none}>
        <Button onClick={onClear}>{words.clear}</Button>
      </Empty>
    )
  }
  return (
    <>
      <div className="entries">
        {pages.map(({ items }) => items[0] && <Part key={items[0].seq} items={items} open={filter.from} />)}
      </div>
      {error && <ProblemNote error={error} attempted={attempted} onRetry={() => void fetchNextPage()} />}
      <More hasMore={hasNextPage && !error} busy={isFetching} onMore={() => void fetchNextPage()} />
    </>
  )
}

type PartProps = { readonly items: readonly Entry[]; readonly open: number | undefined }

/** One page of the list. Shown anew only when it changes, which it does not: there may be hundreds. */
const Part = memo(function Part({ items, open }: PartProps) {
  return (
    <ol>
      {items.map((entry) => (
        <Row key={entry.seq} entry={entry} open={entry.seq === open} />
      ))}
    </ol>
  )
})

function Row({ entry, open }: { readonly entry: Entry; readonly open: boolean }) {
  const [isOpen, setOpen] = useState(open)
  const { seq, at, kind, incident, run } = entry
  return (
    <li>
      <details open={isOpen} onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>
          <span className="entry-seq number">{seq}</span>
          <Time at={at.wallMs} />
          <code className="entry-kind">{kind}</code>
          <span className="entry-what">{printable(summaryOf(entry))}</span>
          <span className="entry-about ref">{run ?? incident}</span>
        </summary>
        {isOpen && <Body entry={entry} />}
      </details>
    </li>
  )
}

/** All of an entry, as text. */
function Body({ entry }: { readonly entry: Entry }) {
  const words = useDictionary(dictionary)
  const { incident, run, body, digest, chain } = entry
  return (
    <div className="entry-body">
      <p className="entry-links">
        {incident !== undefined && (
          <span>
            {words.incident} <Link href={`/incidents/${encodeURIComponent(incident)}`}>{incident}</Link>
          </span>
        )}
        {run !== undefined && (
          <span>
            {words.run} <Link href={`/record?run=${encodeURIComponent(run)}`}>{run}</Link>
          </span>
        )}
        <CopyButton label={words.copyBody} text={() => jsonText(entry)} />
      </p>
      {body === undefined ? <p>{words.pruned}</p> : <pre tabIndex={0}>{jsonText(body)}</pre>}
      <dl className="entry-chain">
        <dt>{words.digest}</dt>
        <dd>
          <code>{digest}</code>
        </dd>
        <dt>{words.chain}</dt>
        <dd>
          <code>{chain}</code>
        </dd>
      </dl>
    </div>
  )
}

type MoreProps = { readonly hasMore: boolean; readonly busy: boolean; readonly onMore: () => void }

/** The end of the list: in sight, it asks for more; by hand, too. */
function More({ hasMore, busy, onMore }: MoreProps) {
  const words = useDictionary(dictionary)
  const end = useRef<HTMLDivElement>(null)
  const [isSeen, setSeen] = useState(false)
  useEffect(() => {
    if (!end.current) return undefined
    const observer = new IntersectionObserver((seen) => setSeen(seen.at(-1)?.isIntersecting === true), {
      rootMargin: '600px',
    })
    observer.observe(end.current)
    return () => observer.disconnect()
  }, [])
  useEffect(() => {
    if (isSeen && hasMore && !busy) onMore()
  }, [isSeen, hasMore, busy, onMore])
  return (
    <div ref={end} className="entries-end">
      {hasMore ? (
        <Button busy={busy} onClick={onMore}>
          {busy ? words.loadingMore : words.more}
        </Button>
      ) : (
        <span className="soft">{!busy && words.end}</span>
      )}
    </div>
  )
}
