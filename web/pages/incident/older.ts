import { useCallback, useEffect, useRef, useState } from 'react'
import type { Incident } from '../../../src/domain/incident.ts'
import { ask, useIncidents } from '../../api.ts'

const PAGE = 100
const MOST_OPEN = 1000

export type IncidentList = {
  readonly open: ReturnType<typeof useIncidents>
  readonly head: ReturnType<typeof useIncidents>
  /** All that were closed, as far as they are loaded, by their names. */
  readonly closed: ReadonlyMap<string, Incident>
  readonly hasMore: boolean
  readonly isLoading: boolean
  /** What loading the next page failed with; the next try is the caller's. */
  readonly error?: unknown
  readonly loadMore: () => void
}

/**
 * The open incidents and the newest closed ones, kept fresh by events; and older pages, read once each, for what is over
 * does not change. An incident that closes while it is looked at is taken along, wherever its page would be.
 */
export function useIncidentList(): IncidentList {
  const open = useIncidents('open', { limit: MOST_OPEN })
  const head = useIncidents('closed', { limit: PAGE })
  const [closed, keep] = useState<ReadonlyMap<string, Incident>>(new Map())
  const [next, setNext] = useState<{ readonly after?: string } | undefined>()
  const [loading, setLoading] = useState<{ readonly busy: boolean; readonly error?: unknown }>({ busy: false })
  const add = useCallback((incidents: readonly Incident[]) => keep((known) => merged(known, incidents)), [])

  useEffect(() => {
    if (!head.data) return
    add(head.data.items)
    const { next: after } = head.data
    setNext((known) => known ?? (after === undefined ? {} : { after }))
  }, [head.data, add])

  useClosing(open.data?.items, add)

  const busy = useRef(false)
  const after = next?.after
  const loadMore = useCallback(() => {
    if (busy.current || after === undefined) return
    busy.current = true
    setLoading({ busy: true })
    ask('incidents', { state: 'closed', limit: PAGE, after })
      .then(
        (page) => {
          add(page.items)
          setNext(page.next === undefined ? {} : { after: page.next })
          setLoading({ busy: false })
        },
        (error: unknown) => setLoading({ busy: false, error }),
      )
      .finally(() => {
        busy.current = false
      })
  }, [after, add])

  const { busy: isLoading, error } = loading
  return {
    open,
    head,
    closed,
    hasMore: after !== undefined,
    isLoading,
    loadMore,
    ...(error !== undefined && { error }),
  }
}

/** Reads what was open and is not any more, once each. */
function useClosing(open: readonly Incident[] | undefined, add: (incidents: readonly Incident[]) => void): void {
  const before = useRef<ReadonlySet<string>>(new Set())
  useEffect(() => {
    if (!open) return
    const now = new Set(open.map(({ id }) => id))
    const gone = [...before.current].filter((id) => !now.has(id))
    before.current = now
    for (const id of gone) {
      // One that cannot be read is found on its page when the list is opened again.
      ask('incident', { id }).then(
        ({ incident }) => add([incident]),
        () => undefined,
      )
    }
  }, [open, add])
}

function merged(known: ReadonlyMap<string, Incident>, incidents: readonly Incident[]): ReadonlyMap<string, Incident> {
  const over = incidents.filter(({ closedAt }) => closedAt !== undefined)
  const isNews = over.some((one) => known.get(one.id)?.closedAt !== one.closedAt)
  return isNews ? new Map([...known, ...over.map((one) => [one.id, one] as const)]) : known
}
