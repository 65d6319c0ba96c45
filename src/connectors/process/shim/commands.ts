import { runCommand } from '../../../lib/spawner/run.ts'
import type { Json } from '../../../lib/json.ts'
import type { Files } from './files.ts'
import { operationOf } from './operation.ts'
import { UnfitError, type Operation } from './protocol.ts'
import type { Command } from './sections.ts'

const TIMEOUT_MS = 10_000
/** Of each of stdout and stderr. */
const OUTPUT_LIMIT_BYTES = 1024

/**
 * The allow list as one operation; `{ command }` names the one to run. Its facts say of each command whether it is safe
 * to repeat, and how it ended last: whoever asked for it decides whether that is good.
 */
export function commandsOperation(x: {
  readonly commands: Readonly<Record<string, Command>>
  readonly cwd: string | undefined
  readonly files: Files
}): Operation {
  const commands = new Map(Object.entries(x.commands))
  return operationOf({
    files: x.files,
    name: 'commands',
    workFor: ({ command: name, ...rest }) => {
      const command = typeof name === 'string' ? commands.get(name) : undefined
      if (typeof name !== 'string' || command === undefined || Object.keys(rest).length > 0) {
        throw new UnfitError(`give { command }, one of: ${[...commands.keys()].join(', ')}`)
      }
      return { safe: command.safe ?? false, run: async () => ({ [name]: await outcomeOf(command, x.cwd) }) }
    },
    facts: async (notes) =>
      Object.fromEntries(
        [...commands].map(([name, { argv, safe = false }]) => [
          name,
          { argv, safe, last: (Object.hasOwn(notes, name) ? notes[name] : null) ?? null },
        ]),
      ),
  })
}

/** Runs it to its end, whatever that is; one that cannot be started has ended too. */
async function outcomeOf({ argv, timeoutMs = TIMEOUT_MS }: Command, cwd: string | undefined): Promise<Json> {
  const env = { PATH: process.env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin' }
  const at = Date.now()
  const { result, kill } = runCommand({ argv, timeoutMs, cwd, env, maxOutputBytes: OUTPUT_LIMIT_BYTES })
  // Nobody would keep its time when the shim has gone.
  process.once('exit', kill)
  try {
    const { code, signal, timedOut, stdout, stderr } = await result
    return { at, code, signal, timedOut, stdout, stderr }
  } catch (thrown) {
    return { at, code: null, signal: null, timedOut: false, stdout: '', stderr: (thrown as Error).message }
  } finally {
    process.off('exit', kill)
  }
}
