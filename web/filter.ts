import { useCallback } from 'react'
import { useLocation } from 'wouter'
// The one of `wouter` itself decodes once too often: a text with a percent sign would not come back.
import { useSearch } from 'wouter/use-browser-location'

/**
 * What is looked for on a page. It stands in the URL and nowhere else; a change takes the place of the entry in the
 * history, so that "back" leaves the page.
 *
 * @param from reads the search part of a URL
 * @param to writes it again, without a question mark
 */
export function useFilter<Filter>(
  from: (search: string) => Filter,
  to: (filter: Filter) => string,
): readonly [filter: Filter, change: (filter: Filter) => void] {
  const search = useSearch()
  const [path, navigate] = useLocation()
  const change = useCallback(
    (filter: Filter): void => {
      const wanted = to(filter)
      navigate(wanted === '' ? path : `${path}?${wanted}`, { replace: true })
    },
    [navigate, path, to],
  )
  return [from(search), change]
}

/** The page of one target. */
export function targetPath(target: string): string {
  return `/targets/${encodeURIComponent(target)}`
}

/** Of a part of a path that may have been typed by hand: what cannot be decoded stays as it is. */
export function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
