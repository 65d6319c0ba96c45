import { awakeMs } from '../state.ts'
import type { Law } from './law.ts'

const FELT_MS = 1000
/** An owner that runs, and can write, has said so by then. */
const TOLD_MS = 10_000

/** While Kintsugi itself is not well it begins nothing, and people can read of it; once it is over, too. */
export const selfCare: Law = {
  name: '+ a healer that is not well begins nothing',
  watch({ sim, fail, onCall, onEntry, onTick }) {
    const isAiling = (): boolean => sim.ailing.ailments.length > 0
    let told = false
    onCall((call, run) => {
      if (!isAiling()) return
      const asked = run?.announced.findLast(({ step, isUndo }) => step === call.step && isUndo === call.isUndo)
      if (!call.isUndo && asked && asked.at > sim.ailing.since + FELT_MS) {
        fail(`${call.key} writes ${call.at - sim.ailing.since} ms after ${sim.ailing.ailments[0]?.what}`)
      }
    })
    onEntry(({ body, run = '', at }) => {
      if (body.kind === 'run-started' && isAiling() && at > sim.ailing.since + FELT_MS)
        fail(`${run} starts while it ails`)
      if (body.kind === 'ailing' || body.kind === 'recovered') told = body.kind === 'ailing'
    })
    let unableSince = 0
    onTick(() => {
      const isAble = sim.life?.startedAt !== undefined && !sim.life.isDead && sim.store.state === 'ok'
      if (!isAble) unableSince = awakeMs(sim)
      const sinceMs = awakeMs(sim) - Math.max(unableSince, sim.ailing.sinceAwakeMs)
      if (sinceMs > TOLD_MS && told !== isAiling()) {
        fail(isAiling() ? 'nobody is told that Kintsugi is not well' : 'nobody is told that Kintsugi is well again')
      }
    })
  },
}
