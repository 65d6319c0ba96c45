import { z } from 'zod'
import type { Json } from '../../../lib/json.ts'
import type { Files } from './files.ts'
import { key, KEYS_KEPT, oneByOne, RefusedError, type Operation, type OperationOrder } from './protocol.ts'

type Notes = Readonly<Record<string, Json>>

/** What is kept on disk of one operation: what was done, what was begun and must not be begun again, what came of it. */
type Book = {
  readonly generation: number
  readonly done: readonly string[]
  readonly begun: readonly string[]
  readonly notes: Notes
}

const Book: z.ZodType<Book> = z.object({
  generation: z.int(),
  done: z.array(key),
  begun: z.array(key),
  notes: z.record(z.string(), z.json()),
})

/** One time that an operation is done. */
export type Work = {
  /** It may be done again where it was cut off. */
  readonly safe: boolean
  /** Does it; answers what is to be known of it later, added to the notes. */
  run(): Promise<Notes>
}

/**
 * An operation that counts. It counts once it is done: after a kill -9 of the shim the same key does it again where that
 * is safe. Where it is not, its key is kept before it begins, and refused from then on unless its end was seen.
 */
export function operationOf(x: {
  readonly files: Files
  readonly name: 'disk' | 'commands'
  /** What these parameters ask for; throws UnfitError. */
  readonly workFor: (params: OperationOrder['params']) => Work
  readonly facts: (notes: Notes) => Promise<Notes>
}): Operation {
  const text = x.files.books.load(x.name)
  let book: Book = text === undefined ? { generation: 0, done: [], begun: [], notes: {} } : Book.parse(JSON.parse(text))
  const write = (next: Book): void => {
    x.files.books.save(x.name, JSON.stringify(next))
    book = next
  }
  const run: Operation['run'] = async (order) => {
    const work = x.workFor(order.params)
    if (book.done.includes(order.key)) return { generation: book.generation, repeated: true }
    if (book.begun.includes(order.key)) {
      throw new RefusedError(
        `'${order.key}' was begun and cut off, and is not declared safe to repeat: look what it did`,
      )
    }
    if (order.ifGeneration !== book.generation) {
      throw new RefusedError(`the generation is ${book.generation} now, not ${order.ifGeneration}`)
    }
    if (!work.safe) write({ ...book, begun: [...book.begun, order.key].slice(-KEYS_KEPT) })
    write(finished(book, order.key, await work.run()))
    return { generation: book.generation, repeated: false }
  }
  const inTurn = oneByOne()
  return {
    read: async () => ({ generation: book.generation, facts: await x.facts(book.notes) }),
    run: (order) => inTurn(() => run(order)),
  }
}

function finished({ generation, done, begun, notes }: Book, key: string, news: Notes): Book {
  return {
    generation: generation + 1,
    done: [...done, key].slice(-KEYS_KEPT),
    begun: begun.filter((other) => other !== key),
    notes: { ...notes, ...news },
  }
}
