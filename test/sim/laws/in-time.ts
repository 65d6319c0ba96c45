import type { RunView } from '../history.ts'
import { awakeMs } from '../state.ts'
import type { Law } from './law.ts'

/** Longer than any wait of a run: three tries of the slowest step, and settling, blind and not. */
const STANDS_STILL_MS = 60_000

/** A law beside the invariants: no run stands still. While a process lives and can write, its runs go on to their end. */
export const inTime: Law = {
  name: '+ no run stands still',
  watch({ sim, fail, onEntry, onTick }) {
    const awake = (): number => awakeMs(sim)
    const lastSign = new Map<string, number>()
    let restSince = 0
    onEntry(({ run }) => {
      if (run !== undefined) lastSign.set(run, awake())
    })
    const standsStill = ({ run, ended }: RunView): boolean =>
      !ended && awake() - Math.max(lastSign.get(run) ?? 0, restSince) > STANDS_STILL_MS
    onTick(() => {
      const isBorn = sim.life?.startedAt !== undefined && !sim.life.isDead
      if (!isBorn || sim.store.state !== 'ok' || sim.clock.trueMs() - sim.store.since < 2000) restSince = awake()
      for (const view of sim.history.runs.values()) {
        if (standsStill(view)) fail(`nothing has become of ${view.run} for ${STANDS_STILL_MS} ms`)
      }
    })
  },
}
