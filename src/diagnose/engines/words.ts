import type { Evidence } from '../../domain/finding.ts'
import type { LogLine } from '../../domain/signal.ts'
import type { DiagnosisEngine } from '../diagnose.ts'

/** Lines that are older than this tell of another trouble. */
const LATELY_MS = 300_000

/** What a target's own log says of its errors, and what events were told of it, as text beside the causes that are named on it: people read it, nothing else does. */
export const words: DiagnosisEngine = {
  name: 'words',
  suggest: () => [],
  weigh: (said, { logs, now }) =>
    logs === undefined
      ? said
      : said.map((one) => {
          const lines = logs(one.target).filter(({ at }) => now - at <= LATELY_MS)
          const told = lines.map(evidenceOf)
          return told.length === 0 ? one : { ...one, for: [...one.for, ...told] }
        }),
}

const evidenceOf = ({ at, text, isEvent }: LogLine): Evidence => ({
  signal: isEvent ? 'event' : 'log',
  value: null,
  at,
  text,
})
