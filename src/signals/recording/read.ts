import { createReadStream, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { finished } from 'node:stream/promises'
import { StringDecoder } from 'node:string_decoder'
import { createGunzip } from 'node:zlib'
import { messageOf, UsageError } from '../../domain/errors.ts'
import type { Intake } from '../../domain/intake.ts'
import { checkFirstLine, lineReader } from './line.ts'

/** One file of a recording. `at`: epoch milliseconds of its beginning. */
export type Segment = { readonly name: string; readonly path: string; readonly at: number }

const NAME = /^signals-(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})Z\.ndjson(?:\.gz)?$/

/** The name of the segment that begins at a moment. */
export function segmentName(at: number): string {
  return `signals-${new Date(at).toISOString().replaceAll(/[-:.]/g, '')}.ndjson.gz`
}

/** The segments of a recording, oldest first. Throws {@link UsageError} where there is none. */
export function segmentsIn(folder: string): readonly Segment[] {
  let names: string[]
  try {
    names = readdirSync(folder)
  } catch (cause) {
    throw new UsageError(`cannot read the recording ${folder}`, { cause })
  }
  const segments = names.flatMap((name) => {
    const at = timeIn(name)
    return at === undefined ? [] : [{ name, path: join(folder, name), at }]
  })
  if (segments.length > 0) return segments.sort((a, b) => a.at - b.at || (a.name < b.name ? -1 : 1))
  throw new UsageError(
    `there is no recording in ${folder}: no file is named as signals-20260131T030000000Z.ndjson.gz is; "kintsugi serve --record-signals ${folder}" makes one`,
  )
}

export function timeIn(name: string): number | undefined {
  const [, year, month, day, hour, minute, second, ms] = NAME.exec(name) ?? []
  const at = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}.${ms}Z`)
  return Number.isNaN(at) ? undefined : at
}

/**
 * What a recording holds from one moment to another, both included, in the order in which it came in. A segment that is
 * torn, as by a crash, is read up to the tear, and what is missing then is said as `missed`. Reads a few lines ahead,
 * whatever the size of the recording.
 */
export async function* readRecording(
  folder: string,
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
): AsyncGenerator<Intake> {
  const segments = segmentsIn(folder)
  const first = Math.max(
    0,
    segments.findLastIndex(({ at }) => at <= fromMs),
  )
  for (const [i, segment] of segments.entries()) {
    if (i < first || segment.at > toMs) continue
    let lastAt = segment.at
    let tear: string | undefined
    for await (const one of readSegment(segment, (why) => (tear = why))) {
      if (one.at > toMs) return
      lastAt = one.at
      // What was known to exist, and which alerts fired, stands at the beginning of a segment.
      if (one.at >= fromMs || one.kind === 'targets' || one.kind === 'alerts') yield one
    }
    if (tear === undefined) continue
    const next = segments[i + 1]?.at
    const why = `${segment.name} cannot be read from there on: ${tear}`
    // At the end of a recording there is nothing that is known to be missing.
    if (next !== undefined) yield { kind: 'missed', at: lastAt, from: lastAt, to: next, what: 'recording', why }
  }
}

async function* readSegment({ name, path }: Segment, torn: (why: string) => void): AsyncGenerator<Intake> {
  const read = lineReader()
  let isFirst = true
  try {
    for await (const line of linesOf(path, name.endsWith('.gz'))) {
      if (isFirst) checkFirstLine(line)
      else {
        const one = read(line)
        if (one) yield one
      }
      isFirst = false
    }
  } catch (thrown) {
    torn(messageOf(thrown))
  }
}

/** Whole lines: what follows the last line break was not written to its end. */
async function* linesOf(path: string, isPacked: boolean): AsyncGenerator<string> {
  const file = createReadStream(path, { highWaterMark: PIECE_BYTES })
  const texts = isPacked ? unpacked(file) : file.setEncoding('utf8')
  let rest = ''
  for await (const text of texts as AsyncIterable<string>) {
    const lines = (rest + text).split('\n')
    rest = lines.pop() ?? ''
    yield* lines
  }
}

const PIECE_BYTES = 64 * 1024

/**
 * What a packed file holds, piece by piece; a stream that fails would take back what it has read ahead. Throws where it
 * ends too early, or its bytes are no longer what was packed, after what was before that.
 */
async function* unpacked(file: AsyncIterable<Buffer>): AsyncGenerator<string> {
  const gunzip = createGunzip({ chunkSize: 4 * PIECE_BYTES })
  const decoder = new StringDecoder('utf8')
  let text = ''
  let problem: Error | undefined
  gunzip.on('data', (bytes: Buffer) => (text += decoder.write(bytes)))
  gunzip.on('error', (error) => (problem = error))
  const failed = new Promise<void>((resolve) => void gunzip.once('error', () => resolve()))
  const taken = (): string => {
    const whole = text
    text = ''
    return whole
  }
  try {
    for await (const bytes of file) {
      const written = new Promise<void>((resolve) => void gunzip.write(bytes, () => resolve()))
      // A write that fails is never answered.
      await Promise.race([written, failed])
      yield taken()
      if (problem) throw problem
    }
    gunzip.end()
    await finished(gunzip).catch((thrown: unknown) => (problem = asError(thrown)))
    yield taken()
    if (problem) throw problem
  } finally {
    gunzip.destroy()
  }
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown))
}
