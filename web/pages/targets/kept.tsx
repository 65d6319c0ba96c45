import type { Hold, Latch, Lock } from '../../../src/domain/ledger.ts'
import { useStatus } from '../../api.ts'
import { Asked } from '../../ui/asked.tsx'
import { Section } from '../../ui/page.tsx'
import { type Column, Table } from '../../ui/table.tsx'
import { Countdown, Time } from '../../ui/time.tsx'
import { useDictionary } from '../../words/words.ts'
import { Free } from './free.tsx'
import { keptNow, keptOn, type Place } from './shape.ts'
import { words as dictionary } from './words.ts'

/** A hold ends by itself, a latch and a lock that was left do not. */
type Row = {
  readonly on: string
  readonly run?: string
  readonly since?: number
  readonly until?: number
  readonly by?: string
  readonly reason?: string
}

function howOf({ run, until }: Row): 'hold' | 'latch' | 'lock' {
  if (run !== undefined) return 'lock'
  return until === undefined ? 'latch' : 'hold'
}

const rowOfHold = ({ target, since, forMs, by, reason }: Hold): Row => ({
  on: target,
  since: since.wallMs,
  until: since.wallMs + forMs,
  by,
  reason,
})
const rowOfLock = ({ resource, run }: Lock): Row => ({ on: resource, run })
const rowOfLatch = ({ owner, since, reason }: Latch): Row => ({ on: owner, since: since.wallMs, reason })

/** Holds and latches on a target or its owners: who, why, and until when. */
export function Kept({ place }: { readonly place: Place }) {
  const words = useDictionary(dictionary)
  const status = useStatus()
  const columns: readonly Column<Row>[] = [
    { key: 'on', head: words.target, cell: ({ on }) => <span className="ref">{on}</span> },
    { key: 'how', head: words.how, cell: (row) => words.keptBy[howOf(row)] },
    { key: 'by', head: words.who, cell: ({ by, run }) => <Free text={by ?? run ?? words.limits} /> },
    {
      key: 'why',
      head: words.why,
      cell: ({ reason, run }) => (run === undefined ? <Free text={reason} /> : words.leftHalf),
    },
    { key: 'since', head: words.since, cell: ({ since }) => since !== undefined && <Time at={since} /> },
    { key: 'until', head: words.until, cell: ({ until }) => <Until until={until} /> },
  ]
  return (
    <Section title={words.kept}>
      <Asked query={status} what={words.theHolds} lines={1}>
        {(status) => {
          const { holds, latches, locks } = keptOn(keptNow(status), place)
          return (
            <Table
              caption={`${words.kept}: ${place.target}`}
              columns={columns}
              rows={[...holds.map(rowOfHold), ...latches.map(rowOfLatch), ...locks.map(rowOfLock)]}
              keyOf={({ on, run, since }) => `${on} ${run ?? since}`}
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
