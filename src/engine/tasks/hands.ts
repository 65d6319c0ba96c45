import { messageOf } from '../../domain/errors.ts'
import { HANDS_OFF, type Hand, type SeenHand } from '../../domain/hand.ts'
import type { Connector, RecordPort } from '../../domain/ports.ts'
import { topologyOf, type Topology } from '../../domain/topology.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Log } from '../../lib/log.ts'
import { chargeSeen } from '../charges.ts'

/** Who else is at the targets of the connectors, kept up to date: the last good answer of each. */
export type Hands = {
  hands(): readonly Hand[]
  /** Asks every connector once. */
  look(abort: AbortSignal): Promise<void>
  /** Writes down every change that was seen and that no run made, once. */
  note(): Promise<void>
}

export type HandsPorts = {
  readonly connectors: readonly Connector[]
  readonly record: Pick<RecordPort, 'entries' | 'commit'>
  readonly clock: Clock
  readonly log: Log
  /** What is known to exist; absent where nothing is yet. */
  readonly topology?: () => Topology
  /** For how long a change counts now (`limits.handsOff`); as it does by default where nobody says. */
  readonly afterHumanChangeMs?: () => number
}

/** Of what was written down so many are read back at a start. */
const MOST_KNOWN = 500

/** For so long after it a change counts against what may be disturbed at once: nobody says when it is over. */
const CHARGED_MS = 300_000

export function watchHands({
  connectors,
  record,
  clock,
  log,
  topology = () => topologyOf([]),
  afterHumanChangeMs = () => HANDS_OFF.afterHumanChangeMs,
}: HandsPorts): Hands {
  const last = new Map<string, readonly SeenHand[]>()
  const isOurs = ownOrders(record)
  let known: Set<string> | undefined
  const foreign = async (connector: Connector, abort: AbortSignal): Promise<void> => {
    const told = (await connector.hands?.(abort, clock.now())) ?? []
    const ours = await Promise.all(told.map(async ({ key }) => key !== undefined && (await isOurs(key))))
    last.set(
      connector.name,
      told.filter((_, i) => !ours[i]),
    )
  }
  return {
    hands: () => newest([...last.values()].flat()),
    look: async (abort) => {
      await Promise.all(
        connectors.map((connector) =>
          foreign(connector, abort).catch((thrown: unknown) => {
            log.warn({ connector: connector.name, problem: messageOf(thrown) }, 'connector could not tell of changes')
          }),
        ),
      )
    },
    note: async () => {
      known ??= await writtenDown(record)
      const changes = [...last.values()].flat().filter(({ kind }) => kind === 'change')
      const news = changes.filter((one) => !known?.has(nameOf({ ...one, changedAt: one.since })))
      if (news.length === 0) return
      const entries = news.map(({ target, who, what, since }) => {
        log.warn({ target, who, what }, 'somebody else has changed it')
        return { body: { kind: 'change-seen' as const, target, who, what, changedAt: since } }
      })
      // What was changed long ago and is seen only now disturbs nobody any more.
      const writes = entries.flatMap(({ body }) => {
        const forMs = Math.min(CHARGED_MS, afterHumanChangeMs()) - (clock.now() - body.changedAt)
        return forMs > 0 ? [chargeSeen(topology(), { ...body, id: nameOf(body), forMs })] : []
      })
      await record.commit({ at: clock.moment(), entries, writes })
      for (const { body } of entries) known.add(nameOf(body))
    },
  }
}

/** Whether the run that a key begins with stands on the record: what was asked for in its name, Kintsugi did. */
function ownOrders(record: Pick<RecordPort, 'entries'>): (key: string) => Promise<boolean> {
  const known = new Map<string, boolean>()
  return async (key) => {
    const [run = ''] = key.split('/')
    const before = known.get(run)
    if (before !== undefined) return before
    const [first] = await record.entries({ run, limit: 1, bodies: false })
    known.set(run, first !== undefined)
    return first !== undefined
  }
}

async function writtenDown(record: Pick<RecordPort, 'entries'>): Promise<Set<string>> {
  const entries = await record.entries({ kinds: ['change-seen'], newestFirst: true, limit: MOST_KNOWN })
  return new Set(entries.flatMap(({ body }) => (body?.kind === 'change-seen' ? [nameOf(body)] : [])))
}

const nameOf = ({ target, what, changedAt }: { target: string; what: string; changedAt: number }): string =>
  `${target} ${changedAt} ${what}`

/** Of the changes of one target the newest holds longest. */
function newest(hands: readonly SeenHand[]): Hand[] {
  const changes = Map.groupBy(
    hands.filter(({ kind }) => kind === 'change'),
    ({ target }) => target,
  )
  const latest = [...changes.values()].map((all) => all.reduce((a, b) => (b.since > a.since ? b : a)))
  return [...hands.filter(({ kind }) => kind !== 'change'), ...latest]
}
