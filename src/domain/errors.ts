/**
 * Retryability is in the type. A {@link TerminalError} will fail again in the same way; a {@link RetryableError} may
 * pass later; anything else that is thrown is a bug and stops the run. Messages say what was attempted, on what,
 * why it failed and, where there is something, what to do.
 */
export class TerminalError extends Error {
  override readonly name: string = 'TerminalError'
}

/** May pass when tried again, not earlier than `retryAfterMs` from now. */
export class RetryableError extends Error {
  override readonly name: string = 'RetryableError'
  readonly retryAfterMs: number
  constructor(message: string, options?: ErrorOptions & { readonly retryAfterMs?: number }) {
    super(message, options)
    this.retryAfterMs = options?.retryAfterMs ?? 1000
  }
}

/** The world or the record is not as it was when the decision was made; nothing was written. */
export class ConflictError extends TerminalError {
  override readonly name: string = 'ConflictError'
}

/** A gate objects now, to what a person asked for; nothing was begun, and the message has every reason. */
export class HeldError extends ConflictError {
  override readonly name: string = 'HeldError'
}

/** What was typed or configured cannot be meant; the message names the place and the remedy. */
export class UsageError extends TerminalError {
  override readonly name: string = 'UsageError'
}

/** Who asks is known, and may not ask this. */
export class ForbiddenError extends TerminalError {
  override readonly name: string = 'ForbiddenError'
}

/** The target cannot be observed: nothing may be concluded from this, and nothing may be done. */
export class BlindError extends RetryableError {
  override readonly name: string = 'BlindError'
}

/** The record cannot be written (disk full, read-only, closed, another owner): no new effect may start. */
export class RecordUnwritableError extends RetryableError {
  override readonly name: string = 'RecordUnwritableError'
}

/** Another process has taken the record over for good: this one has to end. */
export class FencedError extends RecordUnwritableError {
  override readonly name: string = 'FencedError'
}

/** The text of anything thrown, with the chain of its causes. */
export function messageOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown)
  const cause = thrown.cause === undefined ? '' : `: ${messageOf(thrown.cause)}`
  return thrown.message + cause
}
