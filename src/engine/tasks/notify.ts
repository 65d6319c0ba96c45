import type { Entry } from '../../domain/entry.ts'
import { messageOf, RetryableError } from '../../domain/errors.ts'
import type { RecordPort } from '../../domain/ports.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Log } from '../../lib/log.ts'
import { wants, type Channel } from '../../notify/channel.ts'
import { digestOf, messageAbout, NEWS, type LinkTo, type Message } from '../../notify/message.ts'
import { readIncident } from '../incidents.ts'

type Notifying = {
  readonly record: RecordPort
  readonly channels: readonly Channel[]
  readonly clock: Clock
  readonly log: Log
  readonly abort: AbortSignal
  /** Where a person can answer a proposal by a browser. */
  readonly linkTo?: LinkTo
  /** How long to wait when there is no news, in milliseconds. */
  readonly everyMs?: number
}

const EVERY_MS = 1000
const MOST_AT_ONCE = 200
/** So many on one channel at once come as one message. */
const DIGEST_FROM = 10
const LONGEST_RETRY_MS = 60_000

/**
 * Tells people what the record says, until aborted. The record is the outbox: what a channel has been told up to stands
 * there too, so that a message is sent at least once whatever dies in between. A channel that fails keeps no other waiting.
 */
export async function notifyFrom(x: Notifying): Promise<void> {
  await Promise.all(x.channels.map((channel) => serveChannel(channel, x)))
}

async function serveChannel(channel: Channel, x: Notifying): Promise<void> {
  const { clock, abort, log, everyMs = EVERY_MS } = x
  let failures = 0
  let upTo: number | undefined
  while (!abort.aborted) {
    try {
      upTo ??= await beginAt(channel, x)
      upTo = await sendNews(channel, upTo, x)
      failures = 0
      await clock.sleep(everyMs, abort)
    } catch (thrown) {
      if (abort.aborted) return
      if (failures === 0) log.error({ channel: channel.name, problem: messageOf(thrown) }, 'could not notify')
      failures += 1
      await clock.sleep(backoffMs(thrown, failures), abort)
    }
  }
}

function backoffMs(thrown: unknown, failures: number): number {
  const asked = thrown instanceof RetryableError ? thrown.retryAfterMs : 1000
  return Math.max(asked, Math.min(LONGEST_RETRY_MS, 500 * 2 ** failures))
}

/** Where the channel was left; a new one begins with now, since nobody wants the news of last year. */
async function beginAt(channel: Channel, { record, clock }: Notifying): Promise<number> {
  const past = await record.entries({ kinds: ['notified'], newestFirst: true, limit: 1000 })
  for (const { body } of past) if (body?.kind === 'notified' && body.channel === channel.name) return body.upTo
  const [newest] = await record.entries({ newestFirst: true, limit: 1 })
  const upTo = newest?.seq ?? 0
  const body = { kind: 'notified', channel: channel.name, upTo, messages: 0 } as const
  await record.commit({ at: clock.moment(), entries: [{ body }] })
  return upTo
}

/** Sends what is new for the channel and writes down that it has been told; answers up to where. */
async function sendNews(
  channel: Channel,
  after: number,
  { record, clock, abort, log, linkTo }: Notifying,
): Promise<number> {
  const entries = await record.entries({ after, kinds: NEWS, limit: MOST_AT_ONCE })
  const upTo = entries.at(-1)?.seq
  if (upTo === undefined) return after
  const all: Message[] = []
  for (const entry of entries) {
    const message = messageAbout(entry, await incidentOf(record, entry), linkTo)
    if (message && wants(channel, message)) all.push(message)
  }
  const news = withoutRepeats(all)
  const digest = news.length >= DIGEST_FROM ? digestOf(news) : undefined
  for (const message of digest ? [digest] : news) {
    try {
      await channel.send(message, abort)
    } catch (thrown) {
      // What the receiver refuses for good must not keep back what comes after it.
      if (thrown instanceof RetryableError || abort.aborted) throw thrown
      log.error({ channel: channel.name, key: message.key, problem: messageOf(thrown) }, 'message refused')
    }
  }
  if (news.length === 0) return upTo
  const body = { kind: 'notified', channel: channel.name, upTo, messages: news.length } as const
  await record.commit({ at: clock.moment(), entries: [{ body }], closing: true })
  return upTo
}

async function incidentOf(record: RecordPort, { incident }: Entry): ReturnType<typeof readIncident> {
  return incident === undefined ? undefined : readIncident(record, incident)
}

/** The same words about the same incident are news once. */
function withoutRepeats(messages: readonly Message[]): Message[] {
  const same = (a: Message, b: Message): boolean => a.incident === b.incident && a.title === b.title
  return messages.filter((one, i) => messages.findIndex((other) => same(one, other)) === i)
}
