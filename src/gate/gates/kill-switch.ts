import { ALLOW, type Gate, type World } from '../gate.ts'

/** `kintsugi pause`, and the file that works when API and store are down. */
export const killSwitch: Gate = {
  name: 'kill-switch',
  guardsUndo: false,
  ask({ ledger, world }) {
    const pause = world.pause ?? ledger.pause
    if (world.killSwitch !== 'absent') {
      const reason = killSwitchWords(world.killSwitch)
      return { answer: 'deny', reason, value: world.killSwitch, unlocks: 'remove the file', person: true }
    }
    if (!pause) return ALLOW('not paused')
    const word = pause.freeze ? 'frozen' : 'paused'
    return {
      answer: 'deny',
      reason: `${word} by ${pause.by}: ${pause.reason}`,
      unlocks: 'kintsugi resume --reason ...',
    }
  },
}

/** What a kill-switch file that pauses is, in words. */
export function killSwitchWords(state: Exclude<World['killSwitch'], 'absent'>): string {
  return state === 'unreadable' ? 'the kill-switch file cannot be read' : 'the kill-switch file is there'
}
