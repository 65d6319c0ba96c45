import type { Hold, Latch } from '../../../src/domain/ledger.ts'
import { useStatus } from '../../api.ts'
import { Asked } from '../../ui/asked.tsx'
import { Section } from '../../ui/page.tsx'
import { type Column, Table } from '../../ui/table.tsx'
import { Countdown, Time } from '../../ui/time.tsx'
import { useDictionary } from '../../words/words.ts'
import { Free } from './free.tsx'
import { keptOn, type Place } from './shape.ts'
import { words as dictionary } from './words.ts'

/** A hold ends by itself, a latch does not. */
type Row = {
  readonly on: string
  readonly since: number
  readonly until?: number
  readonly by?: string
  readonly reason: string
}

const rowOfHold = ({ target, since, forMs, by, reason }: Hold): Row => ({
  on: target,
  since: since.wallMs,
  until: since.wallMs + forMs,
  by,
  reason,
})
const rowOfLatch = ({ owner, since, reason }: Latch): Row => ({ on: owner, since: since.wallMs, reason })

/** Holds and latches on a target or its owners: who, why, and until when. */
export function Kept({ place }: { readonly place: Place }) {
  const words = useDictionary(dictionary)
  const status = useStatus()
  const columns: readonly Column<Row>[] = [
    { key: 'on', head: words.target, cell: ({ on }) => <span className="ref">{on}</span> },
    { key: 'how', head: words.how, cell: ({ until }) => (until === undefined ? words.latchedBy : words.heldBy) },
    { key: 'by', head: words.who, cell: ({ by }) => <Free text={by ?? words.limits} /> },
    { key: 'why', head: words.why, cell: ({ reason }) => <Free text={reason} /> },
    { key: 'since', head: words.since, cell: ({ since }) => <Time at={since} /> },
    { key: 'until', head: words.until, cell: ({ until }) => <Until until={until} /> },
  ]
  return (
    <Section title={words.kept}>
      <Asked query={status} what={words.theHolds} lines={1}>
        {(kept) => {
          const { holds, latches } = keptOn(kept, place)
          return (
            <Table
              caption={`${words.kept}: ${place.target}`}
              columns={columns}
              rows={[...holds.map(rowOfHold), ...latches.map(rowOfLatch)]}
              keyOf={({ on, since }) => `${on} ${since}`}
              empty={<p className="soft">{words.notKept}</p>}
            />
          )
        }}
      </Asked>
    </Section>
  )
}

function Until({ until }: { readonly until: number | undefined }) {
  const words = useDictionary(dictionary)
  if (until === undefined) return words.untilPerson
  return (
    <>
      <Time at={until} /> (<Countdown to={until} />)
    </>
  )
}
