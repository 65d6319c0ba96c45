import type { Finding } from '../../../src/domain/finding.ts'
import { onlyUnusual } from '../../../src/domain/grounds.ts'
import type { Law } from './law.ts'

/** What only a detector says is a reason for nothing: a run has something else to stand on when it is chosen. */
export const unusual: Law = {
  name: '+ a detector alone starts nothing',
  watch({ sim, fail, onEntry }) {
    const found = new Map<string, readonly Finding[]>()
    onEntry(({ body, incident = '', run = '' }) => {
      if (body.kind === 'incident-opened' || body.kind === 'incident-changed') {
        if (body.kind === 'incident-opened' && onlyUnusual(body.findings)) sim.counters.count('unusual alone')
        if (body.findings.length > 0) found.set(incident, body.findings)
      }
      const begins = body.kind === 'run-started' || body.kind === 'proposed'
      if (begins && onlyUnusual(found.get(incident) ?? [])) {
        fail(`${body.kind} ${run} in ${incident}, where only a detector says that something is wrong`)
      }
    })
  },
}
