import type { Status } from '../domain/operator.ts'
import { durationText } from '../lib/duration.ts'

/** The end of a record: the number of its newest entry, and the chain up to there. */
export type Head = { readonly seq: number; readonly chain: string }

/** One look at another Kintsugi, by somebody who remembers the look before. */
export type Look =
  | { readonly at: number; readonly unreachable: string }
  | {
      readonly at: number
      readonly status: Pick<Status, 'startedAt' | 'loop' | 'record' | 'pause' | 'self'>
      readonly head: Head
      /** The chain at the entry that was the newest at the look before; absent where it has no such entry, or keeps it no more. */
      readonly chainBefore?: string
    }

/** What is remembered of the last look that was answered. */
export type Remembered = {
  readonly at: number
  readonly startedAt: number
  readonly turns: number
  readonly head: Head
  /** Since when the loop has not turned, in epoch milliseconds; absent while it does. */
  readonly stuckSince?: number
}

export type Finding =
  | 'well'
  | 'unreachable'
  | 'loop-stuck'
  | 'record-unwritable'
  | 'record-replaced'
  | 'ailing'
  | 'frozen'
export type Judgement = { readonly finding: Finding; readonly message: string }

/** A loop that has not turned for so long is stuck: unasked it turns every few seconds. */
const STUCK_MS = 10_000

/** The worst thing about a look, in words for whoever is called. */
export function judge(before: Remembered | undefined, look: Look): Judgement {
  if ('unreachable' in look) return { finding: 'unreachable', message: `it does not answer: ${look.unreachable}` }
  const { status, head } = look
  const replaced = before && replacedBy(before.head, look)
  if (replaced !== undefined) {
    return { finding: 'record-replaced', message: `its record was put back from another copy: ${replaced}` }
  }
  const { stuckSince } = remember(before, look) ?? {}
  if (stuckSince !== undefined && look.at - stuckSince >= STUCK_MS) {
    return { finding: 'loop-stuck', message: `its loop has not turned for ${durationText(look.at - stuckSince)}` }
  }
  if (!status.record.ok) {
    return {
      finding: 'record-unwritable',
      message: `its record cannot be written: ${status.record.problem ?? 'no reason given'}`,
    }
  }
  const { pause, self } = status
  if (pause?.freeze) return { finding: 'frozen', message: `it is frozen by ${pause.by}: ${pause.reason}` }
  const [ailment] = self?.ailments ?? []
  if (ailment) return { finding: 'ailing', message: `it says that it is not well: ${ailment.what}` }
  return { finding: 'well', message: `well; record at entry ${head.seq}` }
}

/** What to remember of a look; undefined for one that was not answered. */
export function remember(before: Remembered | undefined, look: Look): Remembered | undefined {
  if ('unreachable' in look) return undefined
  const { at, head, status } = look
  const { startedAt, loop } = status
  const stands = before?.startedAt === startedAt && before.turns === loop.turns
  return { at, startedAt, turns: loop.turns, head, ...(stands && { stuckSince: before.stuckSince ?? before.at }) }
}

function replacedBy(before: Head, { head, chainBefore }: Exclude<Look, { unreachable: string }>): string | undefined {
  if (head.seq < before.seq) return `it ends at entry ${head.seq}, and had ended at entry ${before.seq}`
  if (chainBefore === undefined || chainBefore === before.chain) return undefined
  return `entry ${before.seq} is not the one that was seen there`
}
