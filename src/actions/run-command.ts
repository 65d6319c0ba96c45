import { z } from 'zod'
import { ResourceRef } from '../domain/resource.ts'
import { operation, type Operation } from './operation.ts'

type Params = { readonly target: ResourceRef; readonly command: string }

export type CommandAction = Operation<Params, 'commands'>

/**
 * Runs a command of the target's allow list. Only its name travels: what is run, with which arguments, is declared at the
 * target, and no shell reads it. One that was cut off may be half done, so it is not run again.
 */
export const runCommand: CommandAction = commandAction('run-command', 'never')

/** The two ways to run a command differ only in whether a cut-off one may be run again. */
export function commandAction(name: string, repeat: 'safe' | 'never'): CommandAction {
  return operation({
    name,
    repeat,
    needs: 'commands',
    params: z.strictObject({ target: ResourceRef, command: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/) }),
    sends: ({ command }) => ({ command }),
    reversibility: 'external',
    stepTimeoutMs: 30_000,
    failure: ({ command }, facts) => {
      const { success, data } = LAST.safeParse(facts[command])
      if (!success || data.last.code === 0) return undefined
      return `${command} ended with ${data.last.code ?? 'a signal'}`
    },
  })
}

/** What a target says of the last time it ran a command; one that says nothing of it is taken at its count. */
const LAST = z.object({ last: z.object({ code: z.int().nullable() }) })
