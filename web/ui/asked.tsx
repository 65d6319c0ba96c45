import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useWords } from '../words/words.ts'
import { ProblemNote } from './problem.tsx'
import { Ago } from './time.tsx'

type Props<Answer> = {
  readonly query: UseQueryResult<Answer>
  /** What is asked for, as in `Could not load the targets`. */
  readonly what: string
  /** About how many lines it will take. */
  readonly lines?: number
  readonly children: (answer: Answer) => ReactNode
}

/** The states of one question: loading, failed, failed after there was an answer (which is then old), answered. */
export function Asked<Answer>({ query, what, lines = 3, children }: Props<Answer>) {
  const words = useWords()
  const { data, error, dataUpdatedAt, refetch } = query
  const attempted = words.problem.load(what)
  if (data === undefined) {
    if (error) return <ProblemNote error={error} attempted={attempted} onRetry={() => void refetch()} />
    return <Loading lines={lines} />
  }
  return (
    <>
      {error && <StaleMarker since={dataUpdatedAt} />}
      {children(data)}
    </>
  )
}

/** Where something will stand; still where motion is not wanted. */
export function Loading({ lines = 3 }: { readonly lines?: number }) {
  const words = useWords()
  return (
    <output className="loading" aria-label={words.loading}>
      {Array.from({ length: lines }, (_, line) => (
        <span key={line} className="loading-line" />
      ))}
    </output>
  )
}

/** Says that what stands below is of an earlier time. */
export function StaleMarker({ since }: { readonly since: number }) {
  const words = useWords()
  return (
    <output className="stale">
      {words.live.stale} · <Ago at={since} />
    </output>
  )
}

/** Nothing to show, said so that it reads as an answer and not as a gap. */
export function Empty({ title, children }: { readonly title: string; readonly children?: ReactNode }) {
  return (
    <div className="empty">
      <strong>{title}</strong>
      {children !== undefined && <p>{children}</p>}
    </div>
  )
}
