import { isUtf8 } from 'node:buffer'

/** Up to here a loop of one's own is quicker than a call into the decoder. */
const SHORT = 32

/** The text of `bytes` from `start` until `end`; undefined where that is not UTF-8. Never a stand-in character. */
export function textOf(bytes: Uint8Array, start: number, end: number): string | undefined {
  if (end - start <= SHORT) {
    const text = asciiOf(bytes, start, end)
    if (text !== undefined) return text
  }
  const part = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start)
  return isUtf8(part) ? part.toString('utf8') : undefined
}

function asciiOf(bytes: Uint8Array, start: number, end: number): string | undefined {
  let text = ''
  for (let at = start; at < end; at++) {
    const byte = bytes[at] as number
    if (byte > 127) return undefined
    text += String.fromCharCode(byte)
  }
  return text
}
