import { z } from 'zod'
import type { Files } from './files.ts'
import { key } from './protocol.ts'
import type { Route } from './routes.ts'

/** One thing that was changed through this shim, by the key under which it was asked for. `at` is epoch milliseconds. */
export type Change = { readonly key: string; readonly at: number; readonly kind: string }

/** The answer to `GET /changes`, and what is kept of it beside the state file. */
export const Changes: z.ZodType<{ readonly changes: readonly Change[] }> = z.object({
  changes: z.array(z.object({ key, at: z.number(), kind: z.string() })),
})

const CHANGES_KEPT = 200

/**
 * What was changed through this shim, over its own restart too: for whoever wants to know without asking the one who
 * wanted it. What cannot be kept is told as long as this shim lives.
 */
export function changeBook(files: Pick<Files, 'books' | 'note'>): {
  readonly route: Route
  /** Notes what comes by this route, once for each key. */
  noting(kind: string, route: Route): Route
} {
  let changes = keptChanges(files)
  const add = (change: Change): void => {
    changes = [...changes, change].slice(-CHANGES_KEPT)
    try {
      files.books.save('changes', JSON.stringify({ changes }))
    } catch (thrown) {
      files.note(`cannot keep what was changed: ${(thrown as Error).message}`)
    }
  }
  const noting = (kind: string, { get, post }: Route): Route => ({
    ...(get && { get }),
    ...(post && {
      post: async (body) => {
        const at = Date.now()
        const answer = await post(body)
        if (!('repeated' in answer && answer.repeated === true)) add({ key: keyIn(body), at, kind })
        return answer
      },
    }),
  })
  return { route: { get: async () => ({ changes }) }, noting }
}

function keptChanges({ books, note }: Pick<Files, 'books' | 'note'>): readonly Change[] {
  try {
    return Changes.parse(JSON.parse(books.load('changes') ?? '{"changes":[]}')).changes
  } catch (thrown) {
    note(`cannot read what was changed before: ${(thrown as Error).message}`)
    return []
  }
}

const keyIn = (body: unknown): string => (body as { readonly key: string }).key
