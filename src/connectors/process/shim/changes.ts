import type { Route } from './routes.ts'

/** One thing that was changed through this shim, by the key under which it was asked for. `at` is epoch milliseconds. */
export type Change = { readonly key: string; readonly at: number; readonly kind: string }

const CHANGES_KEPT = 1000

/** What was changed since the shim began: for whoever wants to know without asking the one who wanted it. */
export function changeBook(): {
  readonly route: Route
  /** Notes what comes by this route, once for each key. */
  noting(kind: string, route: Route): Route
} {
  const changes: Change[] = []
  const noting = (kind: string, { get, post }: Route): Route => ({
    ...(get && { get }),
    ...(post && {
      post: async (body) => {
        const at = Date.now()
        const answer = await post(body)
        if (!('repeated' in answer && answer.repeated === true)) changes.push({ key: keyIn(body), at, kind })
        if (changes.length > CHANGES_KEPT) changes.shift()
        return answer
      },
    }),
  })
  return { route: { get: async () => ({ changes }) }, noting }
}

const keyIn = (body: unknown): string => (body as { readonly key: string }).key
