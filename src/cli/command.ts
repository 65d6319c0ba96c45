import type { Command } from 'commander'
import type { Context, Globals } from './context.ts'
import type { ExitCode } from './exit.ts'

/** Binds what a command does to the words it was called with: its own options and the global ones, then its arguments. */
export type Act = <Options = object>(
  does: (context: Context, options: Options & Globals, ...args: string[]) => Promise<ExitCode>,
) => (...raw: unknown[]) => Promise<void>

/** One command of the program: a file of its name in `commands/`, and one line in `registry.ts`. */
export type CliCommand = {
  readonly name: string
  /** Adds itself to the program, with a description, every argument and option described, and an example. */
  register(program: Command, act: Act): void
}

/** The examples at the end of `--help`. */
export function examples(...lines: readonly string[]): string {
  return `\nExample${lines.length > 1 ? 's' : ''}:\n${lines.map((line) => `  $ ${line}`).join('\n')}\n`
}
