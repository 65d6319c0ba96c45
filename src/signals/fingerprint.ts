import type { Labels } from '../domain/signal.ts'

/**
 * Prometheus' fingerprint of a set of labels: 64-bit FNV-1a over name, 0xff, value, 0xff in the order of the names, as
 * 16 hexadecimal digits. An alert has the same one whether it came by way of an Alertmanager or not.
 *
 * @param sorted labels in the order of their names' bytes ({@link sortedLabels})
 */
export function fingerprintOf(sorted: Labels): string {
  const hash: Hash = { high: 0xcbf29ce4, low: 0x84222325 }
  for (const name in sorted) {
    addText(hash, name)
    addByte(hash, SEPARATOR)
    addText(hash, sorted[name] ?? '')
    addByte(hash, SEPARATOR)
  }
  return hex(hash.high) + hex(hash.low)
}

/** Two unsigned halves of 32 bits: BigInt is twenty times slower. */
type Hash = { high: number; low: number }

const SEPARATOR = 0xff
const TWO_32 = 0x1_0000_0000
/** The prime is 2^40 + 0x1b3. */
const PRIME_LOW = 0x1b3
const buffer = Buffer.alloc(4096)

function addByte(hash: Hash, byte: number): void {
  const low = (hash.low ^ byte) >>> 0
  const product = low * PRIME_LOW
  hash.high = (hash.high * PRIME_LOW + Math.floor(product / TWO_32) + (low << 8)) >>> 0
  hash.low = product >>> 0
}

function addText(hash: Hash, text: string): void {
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    if (unit > 0x7f) return addBytes(hash, text.slice(at))
    addByte(hash, unit)
  }
}

function addBytes(hash: Hash, text: string): void {
  const size = Buffer.byteLength(text)
  const bytes = size <= buffer.length ? buffer.subarray(0, buffer.write(text)) : Buffer.from(text)
  for (const byte of bytes) addByte(hash, byte)
}

const hex = (half: number): string => half.toString(16).padStart(8, '0')

/**
 * Labels in the order in which Go sorts them, by bytes; the same object when it has that order. Labels with an empty
 * value are left out: in Prometheus' terms they are not there.
 */
export function sortedLabels(labels: Labels): Labels {
  let before = ''
  for (const name in labels) {
    if (labels[name] === '' || !comesBefore(before, name)) return sorted(labels)
    before = name
  }
  return labels
}

function sorted(labels: Labels): Labels {
  const kept = Object.entries(labels).filter(([, value]) => value !== '')
  return Object.fromEntries(kept.sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b))))
}

/** Both in ASCII, where bytes and characters have one order; anything else is sorted the slow way. */
function comesBefore(a: string, b: string): boolean {
  return a < b && !NOT_ASCII.test(b)
}

const NOT_ASCII = /\P{ASCII}/u
