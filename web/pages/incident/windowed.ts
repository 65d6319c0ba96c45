import { type RefObject, useEffect, useLayoutEffect, useRef, useState } from 'react'
import { windowOf } from './rows.ts'

/** Which rows to make: those in sight and some around them; all are as high as `--row` of the list says. */
export type Windowed = {
  readonly list: RefObject<HTMLOListElement | null>
  readonly first: number
  readonly last: number
  readonly rowPx: number
}

/**
 * Makes only the rows of a long list that are near what is looked at. What comes in above keeps what is looked at where it
 * is: nothing jumps.
 */
export function useWindowed(keys: readonly string[]): Windowed {
  const list = useRef<HTMLOListElement>(null)
  const count = keys.length
  const [shown, show] = useState({ first: 0, last: Math.min(count, 40), rowPx: 0 })
  const anchor = useRef<{ readonly key: string; readonly index: number }>(undefined)

  useEffect(() => {
    let rowPx = 0
    const measure = (): void => {
      if (!list.current) return
      rowPx = Number.parseFloat(getComputedStyle(list.current).getPropertyValue('--row')) || 0
      look()
    }
    const look = (): void => {
      const element = list.current
      if (!element) return
      const topPx = element.getBoundingClientRect().top
      const { first, last } = windowOf({ topPx, viewPx: innerHeight, rowPx, count })
      show((was) => (was.first === first && was.last === last && was.rowPx === rowPx ? was : { first, last, rowPx }))
      const index = topPx < 0 && rowPx > 0 ? Math.floor(-topPx / rowPx) : -1
      const key = keys[index]
      anchor.current = key === undefined ? undefined : { key, index }
    }
    measure()
    addEventListener('scroll', look, { passive: true })
    addEventListener('resize', measure)
    return () => {
      removeEventListener('scroll', look)
      removeEventListener('resize', measure)
    }
  }, [count, keys])

  useLayoutEffect(() => {
    const held = anchor.current
    if (!held || keys[held.index] === held.key) return
    const index = keys.indexOf(held.key)
    if (index >= 0) scrollBy({ top: (index - held.index) * shown.rowPx, behavior: 'instant' })
  }, [keys, shown.rowPx])

  return { list, ...shown }
}
