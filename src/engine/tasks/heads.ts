import { messageOf } from '../../domain/errors.ts'
import type { RecordPort } from '../../domain/ports.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Log } from '../../lib/log.ts'
import type { PublishedHead } from '../../store/heads.ts'
import { repeat } from './targets.ts'

/** Where heads go: each takes one, durably, or throws. */
export type HeadSink = { readonly name: string; take(head: PublishedHead, abort: AbortSignal): Promise<void> }

/**
 * Publishes the end of the chain now and then, where it has moved: outside the machine, nobody who can write the record
 * can write it anew unnoticed. A sink that fails is told again at the next turn, of the newest head.
 */
export async function publishHeads(x: {
  readonly record: Pick<RecordPort, 'entries' | 'epoch'>
  readonly sinks: readonly HeadSink[]
  readonly everyMs: number
  readonly clock: Clock
  readonly log: Log
  readonly abort: AbortSignal
}): Promise<void> {
  const told = new Map<HeadSink, number>()
  const failing = new Set<HeadSink>()
  const publish = async (abort: AbortSignal): Promise<void> => {
    const [newest] = await x.record.entries({ newestFirst: true, limit: 1, bodies: false })
    if (!newest) return
    const at = new Date(x.clock.now()).toISOString()
    const head = { seq: newest.seq, head: newest.chain, epoch: x.record.epoch, at }
    await Promise.all(
      x.sinks.map(async (sink) => {
        if (told.get(sink) === head.seq) return
        try {
          await sink.take(head, abort)
          told.set(sink, head.seq)
          failing.delete(sink)
        } catch (thrown) {
          if (!failing.has(sink)) x.log.warn({ sink: sink.name, problem: messageOf(thrown) }, 'head not published')
          failing.add(sink)
        }
      }),
    )
  }
  if (x.sinks.length > 0) await repeat('heads', publish, x)
}
