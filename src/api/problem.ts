import type { FastifyError } from 'fastify'
import { z } from 'zod'
import {
  BlindError,
  ConflictError,
  ForbiddenError,
  HeldError,
  messageOf,
  RecordUnwritableError,
  RetryableError,
  TerminalError,
  UsageError,
} from '../domain/errors.ts'

/** An RFC 9457 problem document: how every error leaves the API. */
export type Problem = {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly detail: string
  readonly retryAfterMs?: number
}

export const Problem: z.ZodType<Problem> = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number(),
  detail: z.string(),
  retryAfterMs: z.number().exactOptional(),
})

export const PROBLEM_TYPE = 'application/problem+json; charset=utf-8'

/** What was asked for does not exist. */
export class NotFoundError extends UsageError {
  override readonly name: string = 'NotFoundError'
}

/** Nobody knows who asks: a token is wanted that is known here and has not expired. */
export class UnauthorizedError extends TerminalError {
  override readonly name: string = 'UnauthorizedError'
}

/** Too much came; less, or later, will do. */
export class BusyError extends RetryableError {
  override readonly name: string = 'BusyError'
}

type Kind = { readonly word: string; readonly status: number; readonly title: string }

/** Which error is which problem, narrowest first; {@link errorOf} reads it backwards. */
const KINDS: readonly (Kind & { readonly error: new (message: string) => Error })[] = [
  { word: 'not-found', status: 404, title: 'Not found', error: NotFoundError },
  { word: 'usage', status: 400, title: 'This cannot be meant', error: UsageError },
  { word: 'held', status: 409, title: 'Held by a gate', error: HeldError },
  { word: 'conflict', status: 409, title: 'Not as it was', error: ConflictError },
  { word: 'unauthorized', status: 401, title: 'Who asks?', error: UnauthorizedError },
  { word: 'forbidden', status: 403, title: 'Not allowed', error: ForbiddenError },
  { word: 'terminal', status: 422, title: 'Cannot be done', error: TerminalError },
  { word: 'blind', status: 503, title: 'Cannot be seen', error: BlindError },
  { word: 'record-unwritable', status: 503, title: 'The record cannot be written', error: RecordUnwritableError },
  { word: 'busy', status: 429, title: 'Too much at once', error: BusyError },
  { word: 'retryable', status: 503, title: 'Not now', error: RetryableError },
]
const BUG: Kind = { word: 'bug', status: 500, title: 'A fault in Kintsugi itself' }
const typeOf = ({ word }: Kind): string => `urn:kintsugi:problem:${word}`

/** The problem document of anything thrown. */
export function problemOf(thrown: unknown): Problem {
  if (thrown instanceof z.ZodError) return problemOf(new UsageError(issuesOf(thrown)))
  const kind = KINDS.find(({ error }) => thrown instanceof error) ?? clientFault(thrown) ?? BUG
  return {
    type: typeOf(kind),
    title: kind.title,
    status: kind.status,
    detail: messageOf(thrown),
    ...(thrown instanceof RetryableError && { retryAfterMs: thrown.retryAfterMs }),
  }
}

/** The error that a problem document tells of, so that a client throws what the owner threw. */
export function errorOf({ type, detail, retryAfterMs }: Problem): Error {
  const kind = KINDS.find((known) => typeOf(known) === type)
  if (kind?.error === RetryableError) return new RetryableError(detail, { retryAfterMs: retryAfterMs ?? 1000 })
  return kind ? new kind.error(detail) : new Error(detail)
}

/** Fastify's own refusals (a body too large, a wrong content type) say by their status that the caller is at fault. */
function clientFault(thrown: unknown): Kind | undefined {
  const status = thrown instanceof Error ? (thrown as FastifyError).statusCode : undefined
  if (status === undefined || status < 400 || status > 499) return undefined
  return { word: 'usage', status, title: 'This request cannot be meant' }
}

/** What is wrong with an input, in one line: `forMs: expected number; reason: too short`. */
export function issuesOf(error: z.ZodError): string {
  return error.issues
    .map(({ path, message }) => (path.length > 0 ? `${path.join('.')}: ${message}` : message))
    .join('; ')
}
