import type { Commit } from '../../src/domain/ports.ts'
import type { WriterHook } from '../../src/store/database.ts'
import type { Antecedent } from './antecedents.ts'
import type { Random } from './random.ts'
import type { Life, Sim } from './state.ts'

/** Where in a run a process may be killed. */
export const PLACES = ['start', 'capture', 'apply', 'verify', 'settle', 'undo', 'compare'] as const
export type Place = (typeof PLACES)[number]

export const crashIn = (place: Place): Antecedent => `crash in ${place}`

/** Roughly how long a run is in that place, in milliseconds. */
const LASTS_MS: Readonly<Record<Place, number>> = {
  start: 3,
  capture: 15,
  apply: 150,
  verify: 20,
  settle: 6000,
  undo: 100,
  compare: 2000,
}

/** Kills the process: at a statement of its store, before or after it, or a moment after it announced something; or stops it there for a while. */
export type Crashes = {
  hookOf(life: Life): WriterHook
  beforeCommit(life: Life, commit: Commit): void
}

const MOST_CRASHES = 18
/** For so long a process is stopped: long enough for whoever watches it to start another. */
const STILL_MS = 90_000

export function makeCrashes(sim: Sim, random: Random): Crashes {
  // Each seed has places it dwells on, so that rare ones are crashed in as often as common ones.
  const likely = { start: 0.4, undo: 0.9, verify: 0.45, [random.pick(PLACES)]: 0.5 }
  const chanceIn = (place: Place): number => (likely as Partial<Record<Place, number>>)[place] ?? 0.12
  let left = sim.isLeftAlone ? random.int(1, 6) : random.int(4, MOST_CRASHES)
  let statements: number | undefined
  let place: Place | undefined
  let freezes = random.int(1, 3)
  const standStill = (life: Life): void => {
    if (sim.isCalm || freezes === 0 || !random.chance(0.4)) return
    freezes--
    sim.clock.after(random.int(0, LASTS_MS.apply), () => sim.life === life && life.freeze(STILL_MS))
  }

  return {
    hookOf: (life) => {
      statements = !sim.isCalm && random.chance(0.03) ? random.int(0, 60) : undefined
      return (when, sql) => {
        if (life.isDead) throw new Error('the process is dead')
        if (sim.life !== life) return
        if (statements === undefined || statements-- > 0) return
        statements = undefined
        sim.counters.count('crash at a statement')
        if (place === 'start') sim.counters.count('crash in start')
        life.die(`crash ${when} ${sql.slice(0, 60)}${place ? ` in ${place}` : ''}`)
        throw new Error('a simulated crash')
      }
    },
    beforeCommit: (life, commit) => {
      place = placeOf(commit)
      if (place === 'apply' || place === 'undo') standStill(life)
      if (sim.isCalm || left === 0 || !place || !random.chance(chanceIn(place))) return
      left--
      // The start is one transaction: only a statement is inside it. What follows it is the capture, which announces nothing.
      if (place === 'start' && random.chance(0.4))
        sim.clock.after(random.int(0, LASTS_MS.capture), () => life.die('killed'))
      else if (place === 'start' || random.chance(place === 'undo' ? 0.1 : 0.3))
        statements = random.int(0, place === 'start' ? 24 : 40)
      else sim.clock.after(random.int(0, LASTS_MS[place]), () => life.die('killed'))
    },
  }
}

function placeOf({ entries }: Commit): Place | undefined {
  // A capture is written down with the start of what follows it, which is the place.
  for (const { body } of entries.toReversed()) {
    if (body.kind === 'run-started') return 'start'
    if (body.kind === 'undo-started') return 'undo'
    if (body.kind === 'step-started') return placeOfStep(body.step)
  }
  return undefined
}

function placeOfStep(step: string): Place | undefined {
  const last = step.split('/').at(-1)
  if (step === 'settle/result') return 'settle'
  if (step.startsWith('compare ')) return 'compare'
  return last === 'capture' || last === 'apply' || last === 'verify' ? last : undefined
}

/** In which step an open run stood when its process died; a start is no step, and is counted at its statement. */
export function placeOfRun(
  steps: ReadonlyMap<string, { readonly status: string }>,
  undos: ReadonlyMap<string, { readonly status: string }>,
): Place | undefined {
  if ([...undos.values()].some(({ status }) => status === 'started')) return 'undo'
  const at = [...steps].findLast(([, { status }]) => status === 'started')
  if (at) return placeOfStep(at[0])
  // From its beginning on, a comparison looks and writes nothing.
  if ([...steps.keys()].at(-1)?.startsWith('compare ')) return 'compare'
  // Nothing is on record of a capture until what follows it is: the steps so far are done, and nothing is judged.
  return [...steps.keys()].some((step) => step.startsWith('settle/')) ? undefined : 'capture'
}
