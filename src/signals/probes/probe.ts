import type { Clock } from '../../lib/clock.ts'
import { BlindError, messageOf } from '../../domain/errors.ts'
import { NoAnswerError, within } from '../deadline.ts'
import type { Answer, Check } from './check.ts'
import { askCommand, type CommandRunner } from './command.ts'
import { askHttp } from './http.ts'
import { askTcp } from './tcp.ts'

export type ProbeTools = {
  readonly timeoutMs: number
  readonly abort: AbortSignal
  readonly clock: Clock
  readonly spawner?: CommandRunner
}

export type ProbeResult = Answer & { readonly durationMs: number }

/**
 * Asks one target once. No answer is a result (`ok` false): that is sight. What keeps us from asking (no address, no
 * free socket, no name service, a program that is missing, a pause of this process) throws {@link BlindError}, since it
 * says nothing about the target.
 */
export async function probe(check: Check, address: string | undefined, tools: ProbeTools): Promise<ProbeResult> {
  const { clock, timeoutMs, spawner } = tools
  const began = clock.now()
  // Wall time may jump; a probe cannot have taken longer than it was given.
  const durationMs = (): number => Math.min(timeoutMs, Math.max(0, clock.now() - began))
  try {
    const answer = await within(tools, (abort) => ask(check, address, { spawner, timeoutMs, abort }))
    return { ...answer, durationMs: durationMs() }
  } catch (thrown) {
    if (isNoAnswer(thrown)) return { ok: false, reason: messageOf(thrown), durationMs: durationMs() }
    if (thrown instanceof BlindError) throw thrown
    throw new BlindError(`cannot probe '${address ?? 'a target without an address'}'`, { cause: thrown })
  }
}

function ask(
  check: Check,
  address: string | undefined,
  tools: { spawner: CommandRunner | undefined; timeoutMs: number; abort: AbortSignal },
): Promise<Answer> {
  switch (check.kind) {
    case 'http':
      return askHttp(check, address, tools.abort)
    case 'tcp':
      return askTcp(address, tools.abort)
    case 'command':
      return askCommand(check, address, tools)
  }
}

/** Codes that come from the other side. All others are taken for our own inability: fail closed. */
const THEIRS = ['ECONNREFUSED', 'ECONNRESET', 'ECONNABORTED', 'EPIPE', 'EHOSTUNREACH', 'EHOSTDOWN', 'ETIMEDOUT']

function isNoAnswer(thrown: unknown): boolean {
  if (thrown instanceof NoAnswerError) return true
  if (thrown instanceof AggregateError) return thrown.errors.length > 0 && thrown.errors.every(isNoAnswer)
  const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : ''
  // HPE: the answer is not HTTP, such as one that was cut off.
  return THEIRS.includes(code) || code.startsWith('HPE_')
}
