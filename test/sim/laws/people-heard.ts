import type { Asked } from '../state.ts'
import type { Law } from './law.ts'

/** What a person asked for and was told is done stands on the record, with its subject. */
export const peopleHeard: Law = {
  name: '9 people stand on the record',
  watch({ sim, fail, onTick, onEntry }) {
    const entries: { readonly kind: Asked['kind']; readonly subject: string; readonly at: number }[] = []
    let judged = 0
    onEntry(({ body, at, incident = '' }) => {
      if (body.kind === 'approved' || body.kind === 'endorsed')
        entries.push({ kind: 'approved', subject: body.proposal, at })
      if (body.kind === 'proposal-ended' && body.as === 'rejected')
        entries.push({ kind: body.as, subject: body.proposal, at })
      if (body.kind === 'taken-over') entries.push({ kind: body.kind, subject: incident, at })
      if (body.kind === 'acknowledged') entries.push({ kind: body.kind, subject: incident, at })
      if (body.kind === 'marked-wrong') entries.push({ kind: body.kind, subject: body.subject, at })
      if (body.kind === 'paused') entries.push({ kind: body.kind, subject: body.freeze ? 'freeze' : 'pause', at })
      if (body.kind === 'resumed' || body.kind === 'config-loaded') entries.push({ kind: body.kind, subject: '', at })
      if (body.kind === 'held') entries.push({ kind: body.kind, subject: body.target, at })
      if (body.kind === 'announced') entries.push({ kind: body.kind, subject: body.announcement.target, at })
      if (body.kind === 'announcement-ended') entries.push({ kind: body.kind, subject: body.id, at })
      if (body.kind === 'storm-ended') entries.push({ kind: body.kind, subject: 'storm', at })
      if (body.kind === 'released') entries.push({ kind: body.kind, subject: body.subject, at })
    })
    onTick(() => {
      for (; judged < sim.asked.length; judged++) {
        const asked = sim.asked[judged]
        if (asked?.acknowledgedAt === undefined) {
          if (asked && sim.clock.trueMs() - asked.at < 5000) return
          continue
        }
        const { kind, subject, at, acknowledgedAt } = asked
        const found = entries.some(
          (one) => one.kind === kind && one.subject === subject && one.at >= at && one.at <= acknowledgedAt,
        )
        if (!found) fail(`${kind} ${subject} was acknowledged and is not on the record`)
      }
    })
  },
}
