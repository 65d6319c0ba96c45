import type { Labels } from '../domain/signal.ts'

/**
 * Prometheus' fingerprint of a set of labels: 64-bit FNV-1a over name, 0xff, value, 0xff in the order of the names, as
 * 16 hexadecimal digits. An alert has the same one whether it came by way of an Alertmanager or not.
 *
 * @param sorted labels in the order of their names' bytes ({@link sortedLabels})
 */
export function fingerprintOf(sorted: Labels): string {
  // Two halves of 32 bits, and whole numbers only: BigInt is twenty times slower.
  let high = 0xcbf29ce4 | 0
  let low = 0x84222325 | 0
  for (const name in sorted) {
    const bytes = `${bytesOf(name)}\xff${bytesOf(sorted[name] ?? '')}\xff`
    for (let at = 0; at < bytes.length; at++) {
      low ^= bytes.charCodeAt(at)
      const lower = (low & 0xffff) * PRIME_LOW
      const upper = (low >>> 16) * PRIME_LOW + (lower >>> 16)
      high = (Math.imul(high, PRIME_LOW) + (upper >>> 16) + (low << 8)) | 0
      low = (upper << 16) | (lower & 0xffff)
    }
  }
  return hex(high) + hex(low)
}

/** The prime is 2^40 + 0x1b3. */
const PRIME_LOW = 0x1b3

/** A text whose characters are the bytes of the text in UTF-8. */
const bytesOf = (text: string): string => (NOT_ASCII.test(text) ? Buffer.from(text).toString('latin1') : text)

const hex = (half: number): string => ((half >>> 0) + 2 ** 32).toString(16).slice(1)

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
