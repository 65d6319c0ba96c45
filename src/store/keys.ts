import { createHash, randomBytes } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { UsageError } from '../domain/errors.ts'

const KEY_BYTES = 32

/** A key for AES-256-GCM, and the name under which the record says that it was used: it tells nothing of the key. */
export type Key = { readonly id: string; readonly bytes: Buffer }

/** The keys that can be read with, by name, and the one that is written with. */
export type Keys = { readonly newest: Key; find(id: string): Key | undefined }

/**
 * Reads a key file: 32 bytes in base64 or hexadecimal on each line, lines of `#` are comments. The last one writes, all of
 * them read: whoever changes the key adds a line. Throws UsageError, which shows no key.
 */
export function readKeys(file: string): Keys {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (cause) {
    throw new UsageError(`cannot read the key file ${file}`, { cause })
  }
  const keys = text.split('\n').flatMap((line, i) => {
    const word = line.trim()
    return word === '' || word.startsWith('#') ? [] : [keyOf(word, `line ${i + 1} of the key file ${file}`)]
  })
  const newest = keys.at(-1)
  if (!newest)
    throw new UsageError(
      `the key file ${file} holds no key: 32 bytes in base64 or hexadecimal, as \`openssl rand -base64 32\` prints them`,
    )
  return keysOf(newest, keys)
}

function keyOf(word: string, where: string): Key {
  const bytes = Buffer.from(word, /^[0-9a-f]{64}$/i.test(word) ? 'hex' : 'base64')
  if (bytes.length === KEY_BYTES) return { id: idOf(bytes), bytes }
  throw new UsageError(
    `${where} is no key: 32 bytes in base64 or hexadecimal, as \`openssl rand -base64 32\` prints them`,
  )
}

function idOf(bytes: Buffer): string {
  return createHash('sha256').update('kintsugi key id\n').update(bytes).digest('hex').slice(0, 12)
}

/** A key that ends with this process: what is written with it, nobody reads afterwards. */
export function passingKeys(): Keys {
  const bytes = randomBytes(KEY_BYTES)
  const key = { id: idOf(bytes), bytes }
  return keysOf(key, [key])
}

function keysOf(newest: Key, all: readonly Key[]): Keys {
  const byId = new Map(all.map((key) => [key.id, key]))
  return { newest, find: (id) => byId.get(id) }
}

/** Whether others than the owner and the group of a file may read it. */
export function isOpenToOthers(file: string): boolean {
  return ((statSync(file, { throwIfNoEntry: false })?.mode ?? 0) & 0o007) !== 0
}
