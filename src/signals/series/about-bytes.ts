import type { SeriesName } from '../../domain/series.ts'

const encoder = new TextEncoder()
/** A mark of byte order is a character like others. */
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/**
 * Name and labels as bytes, into `out`: all of them as one text, how long each is (in UTF-16 units, 16 bits each), and how
 * many they are. An object for each of a million series would take five times as much.
 *
 * @returns bytes written; -1 where they do not fit
 */
export function packAbout({ metric, labels }: SeriesName, out: Uint8Array): number {
  let text = metric
  let parts = 1
  for (const name in labels) {
    text += name + (labels[name] ?? '')
    parts += 2
  }
  if (3 * text.length + 2 * parts + 2 > out.length) return -1
  let at = put16(out, encoder.encodeInto(text, out).written, metric.length)
  for (const name in labels) at = put16(out, put16(out, at, name.length), labels[name]?.length ?? 0)
  return put16(out, at, parts)
}

export function unpackAbout(bytes: Uint8Array): SeriesName {
  const parts = get16(bytes, bytes.length - 2)
  const lengths = bytes.length - 2 - 2 * parts
  const text = decoder.decode(bytes.subarray(0, lengths))
  let at = 0
  const part = (i: number): string => text.slice(at, (at += get16(bytes, lengths + 2 * i)))
  const metric = part(0)
  const labels = Array.from({ length: (parts - 1) / 2 }, (_, i) => [part(1 + 2 * i), part(2 + 2 * i)] as const)
  return { metric, labels: Object.fromEntries(labels) }
}

function put16(out: Uint8Array, at: number, value: number): number {
  out[at] = value
  out[at + 1] = value >>> 8
  return at + 2
}

const get16 = (bytes: Uint8Array, at: number): number => (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8)
