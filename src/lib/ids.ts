import { randomBytes } from 'node:crypto'

/** Makes names that sort by time: a prefix, the time, and eight random characters. */
export type NewId = (prefix: string) => string

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz'

/** Ids such as `run-01jd2v8k7q-x4k9w2ab`; time and randomness are arguments. */
export function idMaker(now: () => number, random: (bytes: number) => Uint8Array = randomBytes): NewId {
  return (prefix) => {
    const tail = Array.from(random(8), (byte) => ALPHABET[byte % 32]).join('')
    return `${prefix}-${base32(now())}-${tail}`
  }
}

function base32(value: number): string {
  let text = ''
  for (let rest = value; text.length < 10; rest = Math.floor(rest / 32)) text = (ALPHABET[rest % 32] ?? '0') + text
  return text
}
