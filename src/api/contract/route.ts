import { z } from 'zod'
import type { Role } from '../../domain/role.ts'

/** Who may call a route: a role, or `anyone` with a valid token (where no tokens are configured: anyone). */
export type Needs = Role | 'anyone'

/**
 * One route: what goes in and what comes out. `input` gathers all that a caller gives: the fields named in the path, then
 * the query of a GET or the JSON body of a POST.
 */
export type Route<Input, Answer> = {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly role: Needs
  readonly summary: string
  /** Bytes that a body may have; absent: what a small order needs. */
  readonly bodyLimit?: number
  /** How long its answer may take, in milliseconds; absent: what an order that only writes needs. */
  readonly patienceMs?: number
  readonly input: z.ZodType<Input>
  readonly answer: z.ZodType<Answer>
}

export type Nothing = Readonly<Record<string, never>>
export type ById = { readonly id: string }
/** What comes after the item that the cursor `after` names; from the beginning where it is absent. */
export type Paging = { readonly after?: string; readonly limit: number }
/** One page of a list; `next` is the cursor of the page after it, absent on the last. */
export type PageOf<Item> = { readonly items: readonly Item[]; readonly next?: string }

/** A list is read in pages of at most so many items. */
export const PAGE_LIMIT = 1000
const PAGE_DEFAULT = 100

export const none: z.ZodType<Nothing> = z.strictObject({})
/** Everything that goes on the record for good is bounded, and never empty. */
export const text: z.ZodType<string> = z.string().trim().min(1).max(1000)
export const id: z.ZodType<string> = z.string().min(1).max(200)
export const limit: z.ZodType<number> = z.coerce.number().int().min(1).max(PAGE_LIMIT).default(PAGE_DEFAULT)
export const paging: { readonly after: z.ZodExactOptional<z.ZodType<string>>; readonly limit: z.ZodType<number> } = {
  after: z.exactOptional(id),
  limit,
}

export function pageOf<Item>(item: z.ZodType<Item>): z.ZodType<PageOf<Item>> {
  return z.object({ items: z.array(item), next: z.string().exactOptional() })
}

export const get = <Input, Answer>(
  path: string,
  summary: string,
  input: z.ZodType<Input>,
  answer: z.ZodType<Answer>,
  role: Needs = 'viewer',
): Route<Input, Answer> => ({ method: 'GET', path: `/api/v1${path}`, role, summary, input, answer })

export const post = <Input, Answer>(
  path: string,
  role: Needs,
  summary: string,
  input: z.ZodType<Input>,
  answer: z.ZodType<Answer>,
): Route<Input, Answer> => ({ method: 'POST', path: `/api/v1${path}`, role, summary, input, answer })
