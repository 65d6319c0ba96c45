import type { ResourceRef } from '../../../src/domain/resource.ts'
import type { Announced, Call, RunView, Seen } from '../history.ts'
import { serviceOf, sizeOf } from '../shop.ts'
import type { Sim } from '../state.ts'
import type { Law, Watch } from './law.ts'
import { isWithin } from './time.ts'

/**
 * Invariant 4, over all actors: never more instances of a service under effect at once than its limit, nor targets over all,
 * nor effects within an hour. Counted from what left for the targets, and from what people announced, in true time.
 */
export const blast: Law = {
  name: '4 the blast radius holds',
  watch(x) {
    const { sim, fail, onCall, onEntry } = x
    const announced = new Map<string, Seen>()
    onEntry((entry) => {
      const { body } = entry
      if (body.kind === 'announced') {
        sim.counters.count('announced')
        announced.set(body.announcement.id, entry)
      }
      if (body.kind === 'announcement-ended') announced.delete(body.id)
    })
    onCall((call, run) => {
      const asked = run?.announced.findLast(({ step, isUndo }) => step === call.step && isUndo === call.isUndo)
      if (!run || !asked || call.isUndo) return
      const { perService, global } = sim.adopted.settings.limits
      const others = [...announced.values()].filter((entry) => isOn(entry, asked, sim))
      const under = [...sim.history.runs.values()].flatMap((one) => targetsUnder(one, call))
      const targets = new Set<ResourceRef>([call.target, ...under])
      const service = serviceOf(call.target)
      if (perService) {
        const named = others.flatMap(({ body }) => (body.kind === 'announced' ? body.announcement.instances : []))
        const instances = new Set([...targets, ...named].filter((ref) => serviceOf(ref) === service))
        const count = instances.size + others.reduce((sum, entry) => sum + partOf(entry, service), 0)
        const most = Math.min(perService.atOnce, Math.max(1, Math.floor(perService.share * sizeOf(service))))
        if (count > most) fail(`${call.key}: ${count} instances of ${service} at once, and ${most} are allowed`)
      }
      if (!global) return
      for (const { body } of others) if (body.kind === 'announced') targets.add(body.announcement.target)
      if (targets.size > global.atOnce)
        fail(`${call.key}: ${targets.size} targets at once, ${global.atOnce} are allowed`)
      checkRate(call, run, asked, global.effectsPerHour, x)
    })
  },
}

/** A place is taken when a run begins, and its first effect may come this much later. */
const LATE_MS = 1_200_000

function checkRate(call: Call, run: RunView, asked: Announced, most: number, { sim, fail }: Watch): void {
  const effects = [...sim.history.runs.values()].flatMap((one) =>
    [...new Set(one.calls.filter(({ isUndo }) => !isUndo).map(({ step }) => step))].filter((step) => {
      const first = one.announced.find((each) => each.step === step && !each.isUndo)
      const entry = one.events.find(({ seq }) => seq === first?.seq)
      return !(one === run && step === call.step) && isWithin(entry, asked.seq, 3_600_000 - LATE_MS, sim)
    }),
  )
  if (effects.length + 1 > most) fail(`${call.key} is effect ${effects.length + 1} within an hour, ${most} are allowed`)
}

/** What a run has under effect: a restart until it was seen to be done, a weight until it is taken back, all until its end. */
function targetsUnder({ calls, events, state, ended }: RunView, now: Call): ResourceRef[] {
  if (ended) return []
  return calls
    .filter((call) => !call.isUndo && call.key !== now.key)
    .filter(({ step, what }) => {
      const undone = events.some(({ body }) => body.kind === 'undo-finished' && body.step === step)
      return !undone && (what === 'weight' || state.steps.get(`${step}/verify`)?.status !== 'succeeded')
    })
    .map(({ target }) => target)
}

function isOn(entry: Seen, asked: Announced, sim: Sim): boolean {
  return (
    entry.body.kind === 'announced' &&
    entry.seq < asked.seq &&
    isWithin(entry, asked.seq, entry.body.announcement.forMs, sim)
  )
}

function partOf({ body }: Seen, service: ResourceRef): number {
  if (body.kind !== 'announced') return 0
  const { owner, instances } = body.announcement
  if (owner !== service || instances.length > 0) return 0
  return Math.ceil(body.announcement.share * sizeOf(service))
}
