import type { Evidence } from '../../domain/finding.ts'
import type { DiagnosisEngine } from '../diagnose.ts'

/** Lines that are older than this tell of another trouble. */
const LATELY_MS = 300_000

/** What a target's own log says of its errors, as text beside the causes that are named on it: people read it, nothing else does. */
export const words: DiagnosisEngine = {
  name: 'words',
  suggest: () => [],
  weigh: (said, { logs, now }) =>
    logs === undefined
      ? said
      : said.map((one) => {
          const lines = logs(one.target).filter(({ at }) => now - at <= LATELY_MS)
          const told = lines.map(({ at, text }): Evidence => ({ signal: 'log', value: null, at, text }))
          return told.length === 0 ? one : { ...one, for: [...one.for, ...told] }
        }),
}
