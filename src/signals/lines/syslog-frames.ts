/** What takes the bytes of one connection, however they are cut, and hands over the messages in them. */
export type Framing = {
  push(bytes: Buffer): void
  /** The connection has ended: what stands there without an end of its line is a message too. */
  end(): void
}

export type FramingPorts = {
  /** The bytes are good until this returns. */
  readonly onMessage: (message: Buffer) => void
  readonly onRefused: (reason: string) => void
  /** Of one message; longer ones are passed over without being kept. */
  readonly longestBytes: number
}

const NEW_LINE = 10
const CARRIAGE_RETURN = 13
const SPACE = 32
const [ZERO, NINE] = [48, 57]
/** Digits of an announced length. */
const MOST_DIGITS = 9
const EMPTY: Buffer = Buffer.alloc(0)

/** Where a message ends, as far as it can be told: wait for more, take it, or pass over what cannot be one. */
type Next =
  | { readonly kind: 'wait' }
  | { readonly kind: 'message'; readonly from: number; readonly to: number; readonly next: number }
  | { readonly kind: 'skip-bytes'; readonly from: number; readonly count: number; readonly reason: string }
  | { readonly kind: 'skip-line'; readonly from: number; readonly reason: string }

/** Messages as RFC 6587 frames them: `LENGTH MESSAGE`, or one a line; a sender may mix both. */
export function createFraming({ onMessage, onRefused, longestBytes }: FramingPorts): Framing {
  let rest: Buffer = EMPTY
  let skipBytes = 0
  let isSkippingLine = false

  /** Passes over what was refused; answers where something begins again. */
  const passOver = (bytes: Buffer, from: number): number => {
    const counted = Math.min(skipBytes, bytes.length - from)
    skipBytes -= counted
    if (!isSkippingLine) return from + counted
    const end = bytes.indexOf(NEW_LINE, from)
    if (end < 0) return bytes.length
    isSkippingLine = false
    return end + 1
  }

  const takeFrom = (bytes: Buffer): void => {
    let at = passOver(bytes, 0)
    while (at < bytes.length) {
      const next = nextIn(bytes, at, longestBytes)
      if (next.kind === 'wait') break
      if (next.kind === 'message') {
        if (next.to > next.from) onMessage(bytes.subarray(next.from, next.to))
        at = next.next
        continue
      }
      onRefused(next.reason)
      if (next.kind === 'skip-bytes') skipBytes = next.count
      else isSkippingLine = true
      at = passOver(bytes, next.from)
    }
    // Copied: a part of what was received would keep the whole of it in memory.
    rest = at < bytes.length ? Buffer.from(bytes.subarray(at)) : EMPTY
  }

  return {
    push: (bytes) => takeFrom(rest.length === 0 ? bytes : Buffer.concat([rest, bytes])),
    end: () => {
      if (rest.length > 0 && !isDigit(rest[0])) onMessage(rest)
      else if (rest.length > 0) onRefused('a message is cut off')
      rest = EMPTY
    },
  }
}

function nextIn(bytes: Buffer, at: number, longestBytes: number): Next {
  return isDigit(bytes[at]) ? counted(bytes, at, longestBytes) : line(bytes, at, longestBytes)
}

function counted(bytes: Buffer, at: number, longestBytes: number): Next {
  let digits = 0
  while (digits < MOST_DIGITS && isDigit(bytes[at + digits])) digits++
  if (at + digits === bytes.length) return { kind: 'wait' }
  if (bytes[at + digits] !== SPACE) return { kind: 'skip-line', from: at, reason: 'a message has no length before it' }
  const length = Number(bytes.toString('latin1', at, at + digits))
  const from = at + digits + 1
  if (length > longestBytes) return { kind: 'skip-bytes', from, count: length, reason: tooLong(longestBytes) }
  if (from + length > bytes.length) return { kind: 'wait' }
  return { kind: 'message', from, to: from + length, next: from + length }
}

function line(bytes: Buffer, from: number, longestBytes: number): Next {
  const end = bytes.indexOf(NEW_LINE, from)
  const to = end < 0 ? bytes.length : end
  if (to - from > longestBytes) return { kind: 'skip-line', from, reason: tooLong(longestBytes) }
  if (end < 0) return { kind: 'wait' }
  return { kind: 'message', from, to: bytes[to - 1] === CARRIAGE_RETURN && to > from ? to - 1 : to, next: end + 1 }
}

const tooLong = (longestBytes: number): string => `a message is longer than ${longestBytes} bytes`

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= ZERO && byte <= NINE
}
