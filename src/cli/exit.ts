import { BlindError, HeldError, UsageError } from '../domain/errors.ts'

/** What the process ends with; documented in docs/cli.md, and compared with it by a test. */
export const EXIT = { ok: 0, error: 1, usage: 2, held: 3, denied: 4, blind: 5 } as const
export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

/** The exit code of anything thrown. */
export function exitOf(thrown: unknown): ExitCode {
  if (thrown instanceof UsageError) return EXIT.usage
  if (thrown instanceof HeldError) return EXIT.held
  return thrown instanceof BlindError ? EXIT.blind : EXIT.error
}
