import { z } from 'zod'
import { no, offering } from '../around.ts'
import type { Remedy } from '../remedy.ts'

const SETTINGS = z.strictObject({
  /** A name of the target's allow list. */
  command: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/),
  /** Twice is the same as once: one that was cut off may be run again. */
  safeToRepeat: z.boolean().default(false),
})

/** Runs a command of the target's own allow list. */
export const runCommand: Remedy = {
  name: 'run-command',
  weight: 80,
  settings: SETTINGS,
  propose({ cause: { target }, topology, settings }) {
    if (settings === null) return no('the policy names no command')
    const { command, safeToRepeat } = SETTINGS.parse(settings)
    const able = offering(topology, target, 'commands')
    if (able.length === 0) return no(`neither ${target} nor a part of it offers 'commands'`)
    const action = safeToRepeat ? 'run-safe-command' : 'run-command'
    return {
      applies: true,
      target,
      steps: able.map((ref) => ({
        name: `${command} on ${ref}`,
        action,
        target: ref,
        params: { target: ref, command },
        reversibility: 'external',
      })),
      cannotUndo: able.map((ref) => `whatever ${command} does on ${ref}`),
    }
  },
}
