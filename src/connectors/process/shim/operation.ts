import { z } from 'zod'
import type { Json } from '../../../lib/json.ts'
import type { Files } from './files.ts'
import { key, KEYS_KEPT, oneByOne, RefusedError, type Operation, type OperationOrder } from './protocol.ts'

type Notes = Readonly<Record<string, Json>>

/** What is kept on disk of one operation: what was begun, what was done, and what came of it. */
type Book = {
  readonly generation: number
  readonly orders: readonly { readonly key: string; readonly done: boolean }[]
  readonly notes: Notes
}

const Book: z.ZodType<Book> = z.object({
  generation: z.int(),
  orders: z.array(z.object({ key, done: z.boolean() })),
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
 * An operation that counts. It is counted, and its key kept, before it begins: after a kill -9 of the shim the same key
 * does it again where that is safe, and is refused where it is not.
 */
export function operationOf(x: {
  readonly files: Files
  readonly name: 'disk' | 'commands'
  /** What these parameters ask for; throws UnfitError. */
  readonly workFor: (params: OperationOrder['params']) => Work
  readonly facts: (notes: Notes) => Promise<Notes>
}): Operation {
  const text = x.files.books.load(x.name)
  let book: Book = text === undefined ? { generation: 0, orders: [], notes: {} } : Book.parse(JSON.parse(text))
  const write = (next: Book): void => {
    x.files.books.save(x.name, JSON.stringify(next))
    book = next
  }
  const run: Operation['run'] = async (order) => {
    const work = x.workFor(order.params)
    const known = book.orders.find((one) => one.key === order.key)
    if (known?.done) return { generation: book.generation, repeated: true }
    if (known && !work.safe) {
      throw new RefusedError(`'${order.key}' was begun and cut off, and is not declared safe to repeat: look what it did`)
    }
    if (!known) write(begun(book, order))
    const notes = await work.run()
    const orders = book.orders.map((one) => (one.key === order.key ? { ...one, done: true } : one))
    write({ ...book, orders, notes: { ...book.notes, ...notes } })
    return { generation: book.generation, repeated: false }
  }
  const inTurn = oneByOne()
  return {
    read: async () => ({ generation: book.generation, facts: await x.facts(book.notes) }),
    run: (order) => inTurn(() => run(order)),
  }
}

function begun(book: Book, order: OperationOrder): Book {
  if (order.ifGeneration !== book.generation) {
    throw new RefusedError(`it was done ${book.generation} times, not ${order.ifGeneration}: look again`)
  }
  const orders = [...book.orders, { key: order.key, done: false }].slice(-KEYS_KEPT)
  return { ...book, generation: book.generation + 1, orders }
}
