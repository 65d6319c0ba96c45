import { UsageError } from '../../domain/errors.ts'

/** Three bytes can stand for at most 64: what announces more cannot be true. */
const MOST_FROM_A_BYTE = 22
/** Up to here a loop is quicker than a call. */
const SHORT = 48

/**
 * Unpacks a snappy block, as remote write and Loki send it.
 *
 * @param maxBytes how much may come out of it; refused by the announced length, before memory is taken for it
 * @throws UsageError where it announces more, or is no such block
 */
export function unsnappy(body: Uint8Array, maxBytes: number): Uint8Array {
  const { length, at } = announced(body)
  if (length > maxBytes) throw wrong(`it would become ${length} bytes, and ${maxBytes} are taken in`)
  if (length > body.length * MOST_FROM_A_BYTE) throw wrong(`its ${body.length} bytes cannot become ${length}`)
  // Not zeroed: every byte is written, or the whole is refused.
  const out = Buffer.allocUnsafeSlow(length)
  unpack(body, at, out)
  return out
}

function announced(body: Uint8Array): { length: number; at: number } {
  let length = 0
  for (let at = 0; at < Math.min(body.length, 5); at++) {
    const byte = body[at] as number
    length += (byte & 127) * 2 ** (7 * at)
    if (byte < 128) return { length, at: at + 1 }
  }
  throw wrong('it does not begin with its length')
}

function unpack(body: Uint8Array, start: number, out: Uint8Array): void {
  let at = start
  let to = 0
  while (at < body.length) {
    const tag = body[at] as number
    if ((tag & 3) === 0) {
      const extra = tag < 240 ? 0 : (tag >>> 2) - 59
      const length = (extra === 0 ? tag >>> 2 : littleEndian(body, at + 1, extra)) + 1
      at += 1 + extra
      if (length > body.length - at || length > out.length - to) throw wrong(`a literal is too long, at byte ${at}`)
      copyLiteral(body, at, length, out, to)
      at += length
      to += length
      continue
    }
    const extra = (tag & 3) === 1 ? 1 : (tag & 3) === 2 ? 2 : 4
    const low = littleEndian(body, at + 1, extra)
    const length = extra === 1 ? 4 + ((tag >>> 2) & 7) : (tag >>> 2) + 1
    const back = extra === 1 ? ((tag & 0xe0) << 3) | low : low
    at += 1 + extra
    if (back === 0 || back > to || length > out.length - to) throw wrong(`a copy is of nothing, at byte ${at}`)
    // What is copied may reach into what is being written: byte by byte is what the format means.
    for (let from = to - back, until = to + length; to < until;) out[to++] = out[from++] as number
  }
  if (to !== out.length) throw wrong(`${out.length} bytes are announced, and ${to} are there`)
}

function copyLiteral(body: Uint8Array, at: number, length: number, out: Uint8Array, to: number): void {
  if (length > SHORT) out.set(body.subarray(at, at + length), to)
  else for (let i = 0; i < length; i++) out[to + i] = body[at + i] as number
}

function littleEndian(body: Uint8Array, at: number, length: number): number {
  if (length > body.length - at) throw wrong('it is cut off')
  let value = 0
  for (let i = length - 1; i >= 0; i--) value = value * 256 + (body[at + i] as number)
  return value
}

function wrong(why: string): UsageError {
  return new UsageError(`cannot unpack the body as snappy: ${why}`)
}
