import type { Finding } from '../../../src/domain/finding.ts'

/** What people notice, in one word. */
export type Symptom = 'down' | 'slow' | 'failing' | 'full' | 'due' | 'ahead' | 'unwell'

/** By what a policy is called and what it read: the first that says something wins. */
const TELLING: readonly (readonly [RegExp, Symptom])[] = [
  [/latency|duration|slow|response_time|p9[0-9]/i, 'slow'],
  [/error|fail|5xx|unavail/i, 'failing'],
  [/disk|space|full/i, 'full'],
  [/\bup\b|down|dead|crash|absent/i, 'down'],
]

/** What the findings come to for those who use it; `unwell` where they do not say. */
export function symptomOf(findings: readonly Finding[]): Symptom {
  const violated = findings.filter(({ state }) => state === 'violated')
  if (violated.length > 0 && violated.every(({ lead }) => lead === 'schedule')) return 'due'
  if (violated.length > 0 && violated.every(({ lead }) => lead === 'forecast')) return 'ahead'
  if (violated.some(isDown)) return 'down'
  const names = [
    violated.map(({ policy }) => policy),
    violated.flatMap(({ evidence }) => evidence.filter(isBeyond).map(({ signal }) => signal)),
  ]
  for (const words of names.map((list) => list.join(' '))) {
    const telling = TELLING.find(([pattern]) => pattern.test(words))
    if (telling) return telling[1]
  }
  return 'unwell'
}

function isDown({ evidence }: Finding): boolean {
  return evidence.some(({ signal, value }) => signal === 'up' && value === 0)
}

function isBeyond({ value, limit }: Finding['evidence'][number]): boolean {
  return value !== null && (limit === undefined || value > limit)
}
