import { ALLOW, type Gate } from '../gate.ts'

/** Nothing is done, and nothing undone, on what cannot be seen: neither the effect nor the harm could be judged. */
export const blindness: Gate = {
  name: 'blindness',
  guardsUndo: true,
  ask({ world: { measure } }) {
    const blind = [...measure.own, ...measure.guards].filter(({ state }) => state === 'blind')
    if (measure.own.length === 0) {
      return { answer: 'hold', reason: 'the plan watches no signal of its own: nobody could tell whether it helped' }
    }
    if (blind.length === 0) return ALLOW('every signal of the plan is fresh')
    return {
      answer: 'hold',
      reason: `no fresh data of ${blind.map(({ signal, target }) => `${signal} on ${target}`).join(', ')}`,
      value: blind.length,
      limit: 0,
      unlocks: 'when the signals are fresh again',
    }
  },
}
