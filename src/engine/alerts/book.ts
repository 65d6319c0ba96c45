import { setImmediate } from 'node:timers/promises'
import type { Alert, Alerts, AlertTarget, KnownAlert } from '../../domain/alert.ts'
import { RetryableError } from '../../domain/errors.ts'
import type { RecordPort } from '../../domain/ports.ts'
import type { Clock } from '../../lib/clock.ts'
import { severityOf } from '../../signals/severity.ts'
import { isOver, judge, REWRITTEN_AFTER_MS, sameAim } from './judge.ts'
import { type News, newsQueue } from './news.ts'
import { makeShelf, type Shelf } from './shelf.ts'

/** What became of a delivery: written down now, or known before (a repeat, or older than what is known). */
export type Receipt = { readonly stored: number; readonly repeated: number }

/** The alerts that were received, as the record has them. */
export type AlertBook = Alerts & {
  /**
   * Takes a delivery; resolves once all of it is durable. The same delivery again changes nothing. Throws
   * RecordUnwritableError when the record cannot be written, RetryableError when the book is full: part of it may then
   * be stored, and sending it again is harmless.
   */
  receive(alerts: readonly Alert[]): Promise<Receipt>
  /** Firing, silent (see `isSilent`) and those resolved within the hour. */
  all(): readonly KnownAlert[]
  /** Those of them that name no target, each with the reason: nothing will be done about them. */
  unmapped(): readonly KnownAlert[]
  /** How many are on their way to the record. */
  waiting(): number
  /** Asks anew which target each alert names: after the rules changed, or for those without one when targets appeared. */
  aimAnew(which: 'all' | 'unmapped'): void
}

export type AlertBookPorts = {
  readonly record: Pick<RecordPort, 'alerts' | 'commit'>
  readonly clock: Clock
  /**
   * Which target an alert names, beside the one that it named before. Asked for every delivery, so that a repeat finds a
   * target that was not known before.
   */
  readonly aim: (alert: Alert, before?: AlertTarget) => AlertTarget
  /** Called when there is news to look at. */
  readonly wake: () => void
  /** How many alerts are kept, what is on its way included. Beyond it resolved ones go first. @default 200,000 */
  readonly most?: number
}

const MOST = 200_000
const AT_ONCE = 500
const PRUNE_EVERY_MS = 10_000
const FULL_RETRY_MS = 30_000
/** In a storm the loop is woken no more often: it looks at all there is each time. */
const WAKE_EVERY_MS = 25

/** Reads the alerts back from the record, and takes new ones. */
export async function openAlerts(ports: AlertBookPorts): Promise<AlertBook> {
  const { clock, aim } = ports
  const shelf = await shelfOf(ports)
  const wake = seldom(ports)
  const news = newsQueue((alerts) => writeNews({ ...ports, wake }, shelf, alerts))
  const makeRoom = roomMaker(ports, shelf, news)

  /** Whether the alert is news, and what to wait for. */
  function take(alert: Alert, now: number): { readonly isNews: boolean; readonly stored?: Promise<void> } {
    const held = shelf.get(alert.fingerprint)
    const ahead = news.get(alert.fingerprint)
    const before = ahead?.alert ?? held?.alert
    const { what, alert: judged } = judge(before, known(alert, aim(alert, before?.aim)))
    const isDue = !ahead && held !== undefined && now - held.writtenAt >= REWRITTEN_AFTER_MS
    if (what === 'news' || (what === 'repeat' && isDue)) return { isNews: true, stored: news.add(judged) }
    if (ahead) return { isNews: false, stored: ahead.stored }
    if (what === 'repeat' && held) shelf.put({ ...held, alert: judged })
    return { isNews: false }
  }

  const counting = (alerts: readonly KnownAlert[]): KnownAlert[] => {
    const now = clock.now()
    return alerts.filter((alert) => !isOver(alert, now))
  }
  const all = (): KnownAlert[] => counting(Array.from(shelf.all(), ({ alert }) => alert))
  return {
    receive: async (alerts) => {
      const now = clock.now()
      makeRoom(alerts, now)
      const taken: ReturnType<typeof take>[] = []
      for (let at = 0; at < alerts.length; at += AT_ONCE) {
        // A delivery of thousands lets others have their turn, and is being written meanwhile.
        if (at > 0) await setImmediate()
        for (const alert of alerts.slice(at, at + AT_ONCE)) taken.push(take(alert, now))
      }
      await Promise.all(new Set(taken.flatMap(({ stored = [] }) => stored)))
      const stored = taken.filter(({ isNews }) => isNews).length
      return { stored, repeated: alerts.length - stored }
    },
    on: (target) => counting(shelf.on(target)),
    targets: (alertname) => shelf.targets(alertname),
    all,
    unmapped: () => all().filter(({ aim }) => aim.kind === 'unmapped'),
    waiting: () => news.count,
    aimAnew: (which) => {
      const asked = [...shelf.all()].filter(({ alert }) => which === 'all' || alert.aim.kind === 'unmapped')
      for (const held of asked) {
        const next = aim(held.alert, held.alert.aim)
        if (!sameAim(held.alert.aim, next)) shelf.put({ ...held, alert: known(held.alert, next) })
      }
      ports.wake()
    },
  }
}

async function shelfOf({ record }: AlertBookPorts): Promise<Shelf> {
  const shelf = makeShelf()
  for (const { seq, alerts } of await record.alerts()) {
    for (const alert of alerts) shelf.put({ alert, seq, writtenAt: alert.receivedAt })
  }
  return shelf
}

/** One commit; memory follows the record, and is never ahead of it. */
async function writeNews(
  { record, clock, wake }: AlertBookPorts,
  shelf: Shelf,
  alerts: readonly KnownAlert[],
): Promise<void> {
  const at = clock.moment()
  const dropped = [...shelf.idle]
  const seq = await record.commit({
    at,
    entries: [{ body: { alerts, kind: 'alerts-received' } }],
    writes: [{ do: 'keep-alerts', dropped }],
  })
  for (const one of dropped) shelf.idle.delete(one)
  for (const alert of alerts) shelf.put({ alert, seq, writtenAt: at.wallMs })
  wake()
}

/** The first call wakes at once; those that follow soon after it are one call a little later. */
function seldom({ wake, clock }: AlertBookPorts): () => void {
  let wokenAt = -Infinity
  let isDue = false
  const now = (): void => {
    isDue = false
    wokenAt = clock.moment().bootMs
    wake()
  }
  return () => {
    if (isDue) return
    const leftMs = wokenAt + WAKE_EVERY_MS - clock.moment().bootMs
    if (leftMs <= 0) return now()
    isDue = true
    void clock.sleep(leftMs).then(now)
  }
}

/** What a delivery asks before it is taken: throws RetryableError when there is no room for what is new in it. */
function roomMaker(
  { most = MOST }: AlertBookPorts,
  shelf: Shelf,
  news: News,
): (alerts: readonly Alert[], now: number) => void {
  let prunedAt = -Infinity
  const isNew = ({ fingerprint }: Alert): boolean => !shelf.get(fingerprint) && !news.get(fingerprint)
  return (alerts, now) => {
    if (now - prunedAt >= PRUNE_EVERY_MS) {
      prunedAt = now
      shelf.prune(now)
    }
    const room = (): number => most - shelf.size - news.count
    if (alerts.length <= room()) return
    const wanted = alerts.filter(isNew).length
    if (wanted > room()) shelf.shed(wanted - room())
    if (wanted <= Math.max(0, room())) return
    throw new RetryableError(
      `cannot take ${wanted} new alerts: ${shelf.size + news.count} are firing or on their way, and ${most} are the most; send them again later`,
      { retryAfterMs: FULL_RETRY_MS },
    )
  }
}

/** Keys stand in alphabetical order, as in the decoder: the record writes it down without sorting. */
function known(alert: Alert, aim: AlertTarget): KnownAlert {
  const { annotations, endsAt, fingerprint, generatorUrl, labels, receivedAt, source, startsAt, status } = alert
  return {
    aim: aim.kind === 'mapped' ? { kind: 'mapped', rule: aim.rule, target: aim.target } : aim,
    annotations,
    ...(endsAt !== undefined && { endsAt }),
    fingerprint,
    ...(generatorUrl !== undefined && { generatorUrl }),
    labels,
    receivedAt,
    severity: severityOf(labels),
    source,
    startsAt,
    status,
  }
}
