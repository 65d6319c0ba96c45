import { activeStops, awakeMs } from '../state.ts'
import type { Law } from './law.ts'

const FELT_MS = 1000
/** After a freeze every run under way is parked within this time. Both are counted while the machine is awake. */
const PARKED_MS = 3000

/**
 * Invariant 5: `pause`, by order, by file, or because the clock jumped, lets nothing new begin one second later; a freeze
 * lets nothing happen at all, parks what is open and lists what it leaves half done.
 */
export const stops: Law = {
  name: '5 pause stops',
  watch({ sim, fail, onCall, onEntry, onTick }) {
    const inForce = (since = FELT_MS) => activeStops(sim).filter((stop) => awakeMs(sim) > stop.sinceAwakeMs + since)
    onCall((call, run) => {
      const asked = run?.announced.findLast(({ step, isUndo }) => step === call.step && isUndo === call.isUndo)
      for (const { by, freeze, since } of inForce()) {
        const text = `${call.key} writes ${call.at - since} ms after a ${freeze ? 'freeze' : 'pause'} by ${by}`
        if (freeze) fail(text)
        else if (!call.isUndo && asked && asked.at > since + FELT_MS) fail(text)
      }
    })
    onEntry(({ body, run = '' }) => {
      if (body.kind === 'run-started' && inForce().length > 0) fail(`${run} starts while paused`)
      if (body.kind === 'paused' && body.by === 'kintsugi') {
        for (const stop of sim.stops) if (stop.by === 'clock') stop.isDurable = true
      }
      if (body.kind === 'run-ended' && body.outcome !== 'abandoned') {
        const view = sim.history.runs.get(run)
        const half = view?.plan.steps.filter(
          ({ name }) =>
            sim.world.landings.some(({ key }) => key === `${run}/${name}`) &&
            view.state.undos.get(name)?.status !== 'finished',
        )
        const isHeld = body.outcome === 'parked' || body.outcome === 'stuck'
        for (const { action, target } of (isHeld && half) || []) {
          if (!body.leftOpen.some((line) => line.startsWith(`${action} on ${target}`))) {
            fail(`${run} is ${body.outcome} and does not list ${action} on ${target}`)
          }
        }
      }
    })
    let unableSince = 0
    onTick(() => {
      const isAble = sim.life?.startedAt !== undefined && !sim.life.isDead && sim.store.state === 'ok'
      if (!isAble) unableSince = awakeMs(sim)
      if (awakeMs(sim) - unableSince <= PARKED_MS) return
      if (!inForce(PARKED_MS).some(({ freeze }) => freeze)) return
      for (const { run, ended } of sim.history.runs.values()) if (!ended) fail(`${run} goes on in a freeze`)
    })
  },
}
