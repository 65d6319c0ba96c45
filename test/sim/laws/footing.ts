import type { Law } from './law.ts'

/** Kintsugi touches nothing that it stands on itself. */
export const footing: Law = {
  name: '+ no effect on its own footing',
  watch({ sim, fail, onCall }) {
    onCall(({ key, target }) => {
      if (sim.footing.some((own) => own.target === target)) fail(`${key} writes to ${target}, on which Kintsugi stands`)
    })
  },
}
