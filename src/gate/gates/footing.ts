import { ALLOW, type Gate } from '../gate.ts'

/** Kintsugi does nothing to what it stands on itself: it could neither see the harm nor take it back. */
export const footing: Gate = {
  name: 'footing',
  guardsUndo: false,
  ask({ plan, world }) {
    const touched = [plan.target, ...plan.steps.flatMap(({ target, disrupts = [] }) => [target, ...disrupts])]
    const own = world.footing.find(({ target }) => touched.includes(target))
    if (!own) return ALLOW('Kintsugi stands on none of it')
    return {
      answer: 'deny',
      reason: `Kintsugi stands on ${own.target}: ${own.what}`,
      value: own.target,
      unlocks: 'a person does it by hand, or a Kintsugi that runs elsewhere',
      person: true,
    }
  },
}
