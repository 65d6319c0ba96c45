import type { ResourceRef } from '../../../src/domain/resource.ts'
import type { Seen } from '../history.ts'
import type { Law } from './law.ts'
import { isWithin } from './time.ts'

/** What is opened within this time may not have been counted yet. */
const NOTICED_MS = 4000
const MAIL: ResourceRef = 'sim:shop/service/mail'

/**
 * Nothing takes effect in a storm, and a person is paged once for each. From outside there are two causes at least where
 * mail is broken and something else is: neither needs the other, and they share no machine.
 */
export const storm: Law = {
  name: '4 a storm is held',
  watch({ sim, fail, onCall, onEntry }) {
    let opened: Seen[] = []
    /** By incident: what was seen to be wrong, and is not over. */
    const open = new Map<string, Seen>()
    let paged = 0
    let began = 0
    onEntry((entry) => {
      const { body } = entry
      if (body.kind === 'incident-closed') open.delete(entry.incident ?? '')
      if (body.kind === 'incident-opened' && body.findings.some(({ state }) => state === 'violated')) {
        opened.push(entry)
        open.set(entry.incident ?? '', entry)
      }
      if (body.kind === 'storm-ended' && body.by !== undefined) opened = []
      if (body.kind === 'paged' && body.about === 'storm') paged += 1
      if (body.kind === 'storm-began') {
        began += 1
        sim.counters.count('storm')
      }
      if (paged > began + 1 || began > paged + 1) fail(`${began} storms, and ${paged} pages`)
    })
    onCall((call, run) => {
      const asked = run?.announced.findLast(({ step, isUndo }) => step === call.step && isUndo === call.isUndo)
      const limit = sim.adopted.settings.limits.storm
      if (!run || !asked || call.isUndo || limit?.causes !== 2) return
      const recent = opened.filter(
        (entry) => asked.at - entry.at > NOTICED_MS && isWithin(entry, asked.seq, limit.withinMs, sim),
      )
      const isMail = ({ body }: Seen): boolean => body.kind === 'incident-opened' && body.owner === MAIL
      // What broke before may be what the others suffer from: then they are no cause of their own.
      const isOld = (entry: Seen): boolean => !isMail(entry) && !isWithin(entry, asked.seq, limit.withinMs, sim)
      if ([...open.values()].some(isOld)) return
      const [mail, other] = [recent.find(isMail), recent.find((entry) => !isMail(entry))]
      if (mail && other) fail(`${call.key} in a storm: ${mail.incident} and ${other.incident} have nothing in common`)
    })
  },
}
