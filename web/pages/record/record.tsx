import { useState } from 'react'
import { useStatus } from '../../api.ts'
import { useFilter } from '../../filter.ts'
import '../../styles/lists.css'
import '../../styles/record.css'
import { Asked, Empty } from '../../ui/asked.tsx'
import { Button } from '../../ui/button.tsx'
import { Page } from '../../ui/page.tsx'
import { useDictionary } from '../../words/words.ts'
import { Entries } from './entries.tsx'
import { Search } from './search.tsx'
import { filterFrom, searchOf } from './shape.ts'
import { Verify } from './verify.tsx'
import { words as dictionary } from './words.ts'

/** The record: everything that was seen, decided, done and left undone; searched, read whole, and verified. */
export function RecordPage() {
  const words = useDictionary(dictionary)
  const status = useStatus()
  return (
    <Page title={words.title}>
      <Verify />
      <Asked query={status} what={words.what} lines={8}>
        {({ record }) => <Found head={record.seq} />}
      </Asked>
    </Page>
  )
}

/**
 * What is found, below where the record ended when the page was opened: what is written meanwhile is announced and comes
 * when it is asked for, so that nothing moves under the reader's eyes.
 */
function Found({ head }: { readonly head: number }) {
  const words = useDictionary(dictionary)
  const [filter, change] = useFilter(filterFrom, searchOf)
  const [anchor, setAnchor] = useState(head)
  const newer = filter.from === undefined ? Math.max(0, head - anchor) : 0
  if (head === 0) return <Empty title={words.empty}>{words.emptyWhy}</Empty>
  return (
    <>
      <search aria-label={words.filter}>
        <Search key={searchOf(filter)} filter={filter} change={change} />
      </search>
      <output className="newer">
        {newer > 0 && <Button onClick={() => setAnchor(head)}>{words.newer(newer)}</Button>}
      </output>
      <Entries
        filter={filter}
        top={filter.from ?? anchor}
        onClear={() => change({ incident: '', run: '', text: '' })}
      />
    </>
  )
}
