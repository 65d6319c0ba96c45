import { type ReactNode, useState } from 'react'
import { useWords } from '../words/words.ts'
import { Button } from './button.tsx'

type Props<Item> = {
  readonly items: readonly Item[]
  /** More than so many are shown only when asked for. */
  readonly most: number
  /** How many there are beside `items`, which nobody listed. */
  readonly unlisted?: number
  readonly className: string
  /** One list item. */
  readonly children: (item: Item) => ReactNode
}

/** A list that keeps itself short. */
export function Folded<Item>({ items, most, unlisted = 0, className, children }: Props<Item>) {
  const words = useWords()
  const [all, showAll] = useState(false)
  const shown = all ? items : items.slice(0, most)
  return (
    <>
      <ul className={className}>{shown.map(children)}</ul>
      {items.length > most && (
        <Button tone="quiet" onClick={() => showAll(!all)}>
          {all ? words.showFewer : words.showAll(items.length)}
        </Button>
      )}
      {unlisted > 0 && (all || items.length <= most) && <p className="soft">{words.unlisted(unlisted)}</p>}
    </>
  )
}
