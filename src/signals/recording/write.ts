import { appendFile, mkdir, readdir, stat, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { Alert } from '../../domain/alert.ts'
import { messageOf } from '../../domain/errors.ts'
import type { Intake } from '../../domain/intake.ts'
import type { TopologyNode } from '../../domain/topology.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Log } from '../../lib/log.ts'
import { firstLine, lineWriter } from './line.ts'
import { segmentName, timeIn } from './read.ts'

export type RecordingOptions = {
  readonly folder: string
  /** Segments that ended longer ago are removed, in milliseconds. */
  readonly keepMs: number
  /** The oldest segments are removed when all are larger than this together, in bytes. */
  readonly mostBytes: number
  /** What is known to exist, and which alerts fire, at the beginning of each segment: each can be read by itself. */
  readonly known: () => { readonly nodes: readonly TopologyNode[]; readonly alerts: readonly Alert[] }
  /** What waits for the disk, in characters; what comes in beyond it is left out, and that is said. @default 64 Mi */
  readonly mostWaiting?: number
  readonly clock: Clock
  readonly log: Log
}

/** Takes what comes in, and writes it down by and by. Nothing in it ever throws or waits. */
export type Recording = {
  note(one: Intake): void
  /** Writes what it has taken, and ends. */
  close(): Promise<void>
}

const FLUSH_EVERY_MS = 5000
/** A block is handed over for packing when it is this long. */
const FLUSH_CHARACTERS = 4 << 20
const MOST_WAITING_CHARACTERS = 64 << 20
const SEGMENT_MS = 3_600_000
const pack = promisify(gzip)

type Block = { readonly file: string; readonly text: string }

/** Begins a recording in a folder; it is made if it is not there. */
export function startRecording(options: RecordingOptions): Recording {
  const { clock, log, folder, mostWaiting = MOST_WAITING_CHARACTERS } = options
  const ending = new AbortController()
  const queue: Block[] = []
  let waiting = 0
  let text = ''
  let file = ''
  let hour = Number.NaN
  let write = lineWriter()
  let missedFrom: number | undefined
  let isStopped = false
  let underWay = Promise.resolve()

  const hand = (): void => {
    if (text === '') return
    queue.push({ file, text })
    text = ''
    underWay = underWay.then(drain)
  }
  const drain = async (): Promise<void> => {
    const block = queue.shift()
    if (!block) return
    try {
      if (!isStopped) await appendBlock(options, block)
    } catch (thrown) {
      isStopped = true
      log.error({ folder, problem: messageOf(thrown) }, 'recording of signals has stopped; everything else goes on')
    }
    waiting -= block.text.length
  }
  const put = (lines: string): void => {
    text += lines
    waiting += lines.length
    if (text.length >= FLUSH_CHARACTERS) hand()
  }
  const beginSegment = (at: number): void => {
    hand()
    hour = Math.floor(at / SEGMENT_MS)
    file = segmentName(at)
    write = lineWriter()
    const { nodes, alerts } = options.known()
    put(firstLine(at) + write({ kind: 'targets', at, nodes }))
    if (alerts.length > 0) put(write({ kind: 'alerts', at, alerts }))
  }
  const note = (one: Intake): void => {
    if (isStopped) return
    if (waiting > mostWaiting) return void (missedFrom ??= one.at)
    if (Math.floor(one.at / SEGMENT_MS) !== hour) beginSegment(one.at)
    if (missedFrom !== undefined) {
      const times = { at: one.at, from: missedFrom, to: one.at }
      put(write({ kind: 'missed', ...times, what: 'recording', why: 'the disk was too slow' }))
      missedFrom = undefined
    }
    put(write(one))
  }
  const flushing = (async () => {
    while (!ending.signal.aborted) {
      await clock.sleep(FLUSH_EVERY_MS, ending.signal)
      hand()
    }
  })()
  return {
    note: (one) => {
      try {
        note(one)
      } catch (thrown) {
        isStopped = true
        log.error({ folder, problem: messageOf(thrown) }, 'recording of signals has stopped; everything else goes on')
      }
    },
    close: async () => {
      ending.abort()
      await flushing
      hand()
      await underWay
    },
  }
}

/** One block is one member of the packed file: whatever comes after it, it can be read. */
async function appendBlock(options: RecordingOptions, { file, text }: Block): Promise<void> {
  await mkdir(options.folder, { recursive: true, mode: 0o700 })
  await makeRoom(options, file)
  await appendFile(join(options.folder, file), await pack(text), { mode: 0o600 })
}

/** Removes the oldest segments: those beyond their time, and as many more as are too large together. Never the last. */
async function makeRoom({ folder, keepMs, mostBytes, clock }: RecordingOptions, writing: string): Promise<void> {
  const names = (await readdir(folder)).filter((name) => timeIn(name) !== undefined && name !== writing).sort()
  const sized = await Promise.all(
    names.map(async (name) => ({ name, at: timeIn(name) ?? 0, bytes: (await stat(join(folder, name))).size })),
  )
  let bytes = sized.reduce((sum, one) => sum + one.bytes, 0)
  for (const [i, one] of sized.entries()) {
    const endedAt = sized[i + 1]?.at ?? timeIn(writing) ?? clock.now()
    if (clock.now() - endedAt <= keepMs && bytes <= mostBytes) break
    await unlink(join(folder, one.name))
    bytes -= one.bytes
  }
}
