import type { Spawner } from '../../lib/spawner/index.ts'
import { BlindError, UsageError } from '../../domain/errors.ts'
import { NoAnswerError } from '../deadline.ts'
import type { Answer, CheckOf } from './check.ts'

/** What runs programs; absent where no command is configured. */
export type CommandRunner = Pick<Spawner, 'run'>

/** Runs a program that looks for us; its exit code is the answer, its first line of error output the reason. */
export async function askCommand(
  { argv }: CheckOf<'command'>,
  address: string | undefined,
  { spawner, timeoutMs, abort }: { spawner: CommandRunner | undefined; timeoutMs: number; abort: AbortSignal },
): Promise<Answer> {
  if (!spawner) throw new UsageError(`cannot run '${argv[0]}': nothing here runs commands`)
  const env = address === undefined ? {} : { KINTSUGI_ADDRESS: address }
  const { code, signal, timedOut, stderr } = await run(spawner, argv, { timeoutMs, abort, env })
  if (timedOut) throw new NoAnswerError(`'${argv[0]}' did not end within ${timeoutMs} ms`)
  if (code === 0) return { ok: true, reason: `'${argv[0]}' ended with exit code 0` }
  const ending = code === null ? `was ended by ${signal}` : `ended with exit code ${code}`
  const words = stderr.trim().split('\n', 1)[0]?.slice(0, 200) ?? ''
  return { ok: false, reason: `'${argv[0]}' ${ending}${words === '' ? '' : `: ${words}`}` }
}

/** A program that cannot be started at all says nothing about the target. */
async function run(
  spawner: CommandRunner,
  argv: readonly [string, ...string[]],
  options: { timeoutMs: number; abort: AbortSignal; env: Record<string, string> },
): ReturnType<Spawner['run']> {
  try {
    return await spawner.run(argv, { ...options, maxOutputBytes: 4096 })
  } catch (cause) {
    throw new BlindError(`cannot run '${argv[0]}'`, { cause })
  }
}
