import { useCallback, useEffect, useRef, useState } from 'react'
import type { PageOf } from '../../../src/api/contract/route.ts'
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
  const [known, know] = useState<Known>({ closed: new Map() })
  const [loading, setLoading] = useState<{ readonly busy: boolean; readonly error?: unknown }>({ busy: false })
  const add = useCallback(
    (incidents: readonly Incident[], next?: Known['next']) => know((was) => more(was, incidents, next)),
    [],
  )
  // What the newest page has shown once stays, also when newer ones have pushed it off that page.
  if (head.data && head.data !== known.head) {
    const { items, next: after } = head.data
    know({ ...more(known, items, known.next ?? (after === undefined ? {} : { after })), head: head.data })
  }

  useClosing(open.data?.items, add)

  const busy = useRef(false)
  const after = known.next?.after
  const loadMore = useCallback(() => {
    if (busy.current || after === undefined) return
    busy.current = true
    setLoading({ busy: true })
    ask('incidents', { state: 'closed', limit: PAGE, after })
      .then(
        (page) => {
          add(page.items, page.next === undefined ? {} : { after: page.next })
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
    closed: known.closed,
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

/** What is known of the closed ones; `next` is absent before the first page is there, and empty after the last. */
type Known = {
  readonly closed: ReadonlyMap<string, Incident>
  readonly next?: { readonly after?: string }
  readonly head?: PageOf<Incident>
}

function more(was: Known, incidents: readonly Incident[], next = was.next): Known {
  const over = incidents.filter(({ closedAt }) => closedAt !== undefined)
  const isNews = over.some((one) => was.closed.get(one.id)?.closedAt !== one.closedAt)
  const closed = isNews ? new Map([...was.closed, ...over.map((one) => [one.id, one] as const)]) : was.closed
  return { ...was, closed, ...(next && { next }) }
}
