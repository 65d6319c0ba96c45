import { createHash } from 'node:crypto'
import { readFileSync, realpathSync, statSync } from 'node:fs'
import { z } from 'zod'
import type { Spec } from '../../../domain/ports.ts'
import { canonical } from '../../../lib/json.ts'
import type { Files } from './files.ts'
import {
  key,
  KEYS_KEPT,
  oneByOne,
  RefusedError,
  refuseHold,
  UnfitError,
  type Document,
  type SpecOrder,
} from './protocol.ts'
import { replaceFile } from './replace.ts'
import type { Configuration } from './sections.ts'

type Values = Spec['values']

const MAX_FILE_BYTES = 256 * 1024
/** The values that were in place when the instance last did well: to be read, not to be set. */
const LAST_GOOD = 'lastGood'
const NAME = /^[A-Za-z0-9][\w.:/-]*$/

/** The instance's configuration file, as a document that others may write too. */
export type ConfigDocument = Document & {
  /** What stands in the file now. */
  values(): Values
  /** Epoch milliseconds of the file's last change, whoever made it; undefined when there is no file. */
  changedAtMs(): number | undefined
}

/** The writes of this shim; `pending` is one that was begun, with the digest of the values it was to lead to. */
type Book = {
  readonly writes: number
  readonly pending: { readonly key: string; readonly digest: string } | null
  readonly keys: readonly string[]
}

const Book: z.ZodType<Book> = z.object({
  writes: z.int(),
  pending: z.object({ key, digest: z.string() }).nullable(),
  keys: z.array(key),
})

/**
 * The configuration file as a document. Its revision is made of a digest of the values, so that a deploy or an editor
 * changes it too, and of the number of writes here. A write is whole and durable, and known by its key after a kill -9
 * of the shim.
 */
export function configDocument(x: {
  readonly configuration: Configuration
  readonly files: Files
  /** Tells the instance that its file has changed. */
  readonly tell: () => void
  readonly lastGood: () => Values | undefined
}): ConfigDocument {
  const { file } = x.configuration
  const values = (): Values => readValues(file)
  const write = (next: Book): void => {
    x.files.books.save('config', JSON.stringify(next))
    book = next
  }
  const text = x.files.books.load('config')
  let book: Book = text === undefined ? { writes: 0, pending: null, keys: [] } : Book.parse(JSON.parse(text))
  const revisionOf = (now: Values): string => `${digestOf(now)}-${book.writes}`
  const patch = (order: SpecOrder): { revision: string; repeated: boolean } => {
    refuseHold(order)
    const now = values()
    book = settled(book, digestOf(now))
    if (book.keys.includes(order.key)) return { revision: revisionOf(now), repeated: true }
    const next = changed(now, order.values)
    if (order.ifRevision !== revisionOf(now)) {
      throw new RefusedError(`${file} is at ${revisionOf(now)} now, not ${order.ifRevision}`)
    }
    const pending = { key: order.key, digest: digestOf(next) }
    write({ ...book, pending })
    replaceText(file, `${JSON.stringify(next, null, 2)}\n`)
    x.tell()
    write(settled(book, pending.digest))
    return { revision: revisionOf(next), repeated: false }
  }
  const inTurn = oneByOne()
  return {
    read: async () => {
      const now = values()
      const good = x.lastGood()
      return { revision: revisionOf(now), values: { ...now, ...(good && { [LAST_GOOD]: good }) } }
    },
    patch: (order) => inTurn(async () => patch(order)),
    values,
    changedAtMs: () => statSync(file, { throwIfNoEntry: false })?.mtimeMs,
  }
}

const digestOf = (values: Values): string => createHash('sha256').update(canonical(values)).digest('hex').slice(0, 16)

/** A write that was begun, and perhaps cut off, counts as done exactly when the file says so. */
function settled(book: Book, digest: string): Book {
  const { writes, pending, keys } = book
  if (pending?.digest !== digest) return { ...book, pending: null }
  return { writes: writes + 1, pending: null, keys: [...keys, pending.key].slice(-KEYS_KEPT) }
}

/** The file itself, where it is reached through a link; owner and permissions stay. */
function replaceText(file: string, text: string): void {
  const real = realpathSync(file)
  replaceFile(real, text, statSync(real))
}

function changed(now: Values, change: Values): Values {
  for (const name of Object.keys(change)) {
    if (name === LAST_GOOD) throw new UnfitError(`'${LAST_GOOD}' tells what was, and cannot be set`)
    if (!NAME.test(name)) throw new UnfitError(`'${name}' is no name of a value`)
  }
  return Object.fromEntries(Object.entries({ ...now, ...change }).filter(([, value]) => value !== null))
}

function readValues(file: string): Values {
  if (statSync(file).size > MAX_FILE_BYTES) throw new Error(`${file} has more than ${MAX_FILE_BYTES} bytes`)
  try {
    return z.record(z.string(), z.json()).parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch (thrown) {
    throw new Error(`${file} is no JSON object of values`, { cause: thrown })
  }
}
