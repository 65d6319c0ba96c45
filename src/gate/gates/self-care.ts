import { ALLOW, type Gate } from '../gate.ts'

/** A healer that is not well itself begins nothing; what runs waits, and goes on once it is well again. */
export const selfCare: Gate = {
  name: 'self-care',
  guardsUndo: false,
  ask({ world: { ailments } }) {
    const [first] = ailments
    if (!first) return ALLOW('Kintsugi itself is well')
    return {
      answer: 'hold',
      reason: ailments.map(({ what }) => what).join('; '),
      value: ailments.length,
      limit: 0,
      unlocks: ailments.map(({ unlocks }) => unlocks).join('; '),
    }
  },
}
