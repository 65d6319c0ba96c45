/** Says only that something is unwell, not why. */
const VAGUE = [
  'failing-dependency',
  'slow-dependency',
  'silent-instance',
  'cpu-pressure',
  'memory-pressure',
  'slow-storage',
  'unknown',
]
/** What more work than usual does to whoever has to do it. */
const BUSY = [...VAGUE, 'pool-exhausted', 'deaf-instance']

/** What a cause brings about: on its own target, on what that asks, and on who asks that. */
type Brings = {
  readonly here: readonly string[]
  /** Only where the traffic of what is asked is not seen to be as it was. */
  readonly below?: readonly string[]
  readonly above?: readonly string[]
}

/**
 * What each kind of cause brings about, in the words of diagnosis: there, what it brings about is a symptom. A cause that
 * is not named here explains nothing else.
 */
export const BRINGS: Readonly<Record<string, Brings>> = {
  'dead-instance': { here: VAGUE },
  'deaf-instance': { here: VAGUE },
  'disk-full': { here: BUSY },
  'bad-configuration': { here: [...BUSY, 'cold-cache'] },
  'memory-leak': { here: [...BUSY, 'cpu-burn'] },
  'cpu-burn': { here: BUSY },
  overload: { here: BUSY, below: BUSY },
  'cold-cache': { here: BUSY, below: [...BUSY, 'overload'] },
  'pool-exhausted': { here: VAGUE },
  'slow-dependency': { here: [], above: ['slow-storage', 'memory-pressure', 'pool-exhausted', 'deaf-instance'] },
}

/** These come of what a target does itself, never of waiting for another. */
const LOCAL: ReadonlySet<string> = new Set([
  'dead-instance',
  'disk-full',
  'bad-configuration',
  'memory-leak',
  'cpu-burn',
  'cpu-pressure',
  'overload',
  'cold-cache',
])

/** Whether a target may show this only because something that it rests on is unwell. */
export function comesOfWaiting(cause: string): boolean {
  return !LOCAL.has(cause)
}
