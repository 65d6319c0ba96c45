import { Command, CommanderError, Option } from 'commander'
import { messageOf, RetryableError, TerminalError } from '../domain/errors.ts'
import { systemClock } from '../lib/clock.ts'
import type { Act } from './command.ts'
import type { Context, Globals } from './context.ts'
import type { CliDeps } from './deps.ts'
import { EXIT, exitOf } from './exit.ts'
import { commands } from './registry.ts'
import { printable } from './text.ts'

const EXIT_CODES = '\nExit codes: 0 ok, 1 error, 2 usage, 3 held, 4 denied, 5 blind (docs/cli.md)\n'

/**
 * Runs one command line (without the interpreter and the file) and answers the exit code. Never throws: what goes wrong
 * is told on standard error, in a line or two.
 */
export async function runCli(argv: readonly string[], deps: CliDeps): Promise<number> {
  let exit: number = EXIT.ok
  const now = deps.moment?.() ?? systemClock().moment()
  const act: Act =
    (does) =>
    async (...raw) => {
      const command = raw.at(-1) as Command
      const globals = command.optsWithGlobals<Globals>()
      const args = raw.slice(0, -2).flat() as string[]
      exit = await does({ deps, globals, now } satisfies Context, command.optsWithGlobals(), ...args)
    }
  try {
    await programOf(deps, act).parseAsync(argv, { from: 'user' })
    return exit
  } catch (error) {
    // Commander has said what was wrong by itself.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage
    complain(deps, error)
    return exitOf(error)
  }
}

/** The whole command tree. */
export function programOf(deps: CliDeps, act: Act): Command {
  const program = new Command('kintsugi')
    .description('Heals running software: every repair a transaction, under gates that fail closed, on one record.')
    .version(deps.version)
    .addOption(new Option('-c, --config <file>', 'configuration').default('kintsugi.yaml'))
    .addOption(new Option('--data <dir>', 'data folder, instead of the configured one'))
    .addOption(
      new Option('--url <url>', 'a Kintsugi elsewhere, over HTTP, instead of a data folder here').env('KINTSUGI_URL'),
    )
    .addOption(new Option('--token-file <file>', 'the token for --url').env('KINTSUGI_TOKEN_FILE'))
    .addOption(new Option('-o, --output <format>', 'how to print').choices(['table', 'json']).default('table'))
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: deps.out,
      writeErr: deps.err,
      outputError: (text, write) => write(text.replace(/^error: /, 'kintsugi: ')),
    })
    .showHelpAfterError('(--help tells more)')
    .exitOverride()
    .addHelpText('after', EXIT_CODES)
  for (const command of commands) command.register(program, act)
  return program
}

function complain({ err, debug }: CliDeps, error: unknown): void {
  const expected = error instanceof TerminalError || error instanceof RetryableError
  const lines = messageOf(error).split('\n').map(printable)
  err(`kintsugi: ${expected ? '' : 'this is a fault in Kintsugi itself: '}${lines.join('\n  ')}\n`)
  if (debug && error instanceof Error) err(`${(error.stack ?? '').split('\n').map(printable).join('\n')}\n`)
  else if (!expected) err('  run it again with KINTSUGI_DEBUG=1 to see where, and report it\n')
}
