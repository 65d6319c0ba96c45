import type { Running } from '../../src/engine/start.ts'
import type { Unusual } from '../../src/domain/series.ts'
import type { Settings } from '../../src/engine/ports.ts'
import type { Ailment, Footing } from '../../src/domain/self.ts'
import type { FakeClock } from '../fakes/fake-clock.ts'
import type { Counters } from './antecedents.ts'
import type { History } from './history.ts'
import type { Fates } from './network.ts'
import type { TrueHand } from './hands.ts'
import type { Config } from './settings.ts'
import type { Stillness } from './stillness.ts'
import type { Sight } from './sight.ts'
import type { World } from './world.ts'

/** An order that nothing new may begin, as whoever gave it remembers it. True times. */
export type Stop = {
  readonly by: 'person' | 'file' | 'clock'
  readonly freeze: boolean
  readonly since: number
  readonly sinceAwakeMs: number
  /** Once acknowledged it must outlive the process that was told. */
  isDurable: boolean
  /** By how much the clock has jumped in all, where it did. */
  jumpedMs?: number
  until?: number
}

/** What a person asked for, and whether it was acknowledged. */
export type Asked = {
  readonly kind:
    | 'paused'
    | 'resumed'
    | 'held'
    | 'released'
    | 'announced'
    | 'announcement-ended'
    | 'storm-ended'
    | 'config-loaded'
    | 'approved'
    | 'rejected'
    | 'taken-over'
    | 'acknowledged'
    | 'marked-wrong'
  readonly subject: string
  readonly at: number
  acknowledgedAt?: number
}

export type Life = {
  readonly n: number
  isDead: boolean
  readonly bornAt: number
  /** Once `startEngine` has resolved. */
  running?: Running
  startedAt?: number
  /** Commits that the engine still waits for. */
  inFlight: number
  die(why: string): void
  /** While it stands still it does and hears nothing; whoever takes over finds it gone. */
  readonly stillness: Stillness
  freeze(forMs: number): void
}

/** Everything the simulator knows of one seed's run, for whoever makes trouble and for the laws. */
export type Sim = {
  readonly seed: number
  /** In some seeds hardly anything stands in the way, and many fall ill at once again and again. */
  readonly isLeftAlone: boolean
  readonly clock: FakeClock
  readonly world: World
  readonly sight: Sight
  readonly history: History
  readonly counters: Counters
  readonly settingsOf: (config: Config) => Settings
  life: Life | undefined
  fates: Fates
  /** What the configuration file says, and what the engine last took over, since when. */
  config: Config
  adopted: { settings: Settings; since: number }
  killFile: 'absent' | 'pause' | 'freeze' | 'unreadable'
  store: { state: 'ok' | 'full' | 'broken'; since: number }
  /** What Kintsugi itself stands on, by the seed. */
  readonly footing: readonly Footing[]
  /** What is wrong with the process, since true time; people are to hear of it. */
  ailing: { readonly ailments: readonly Ailment[]; readonly since: number; readonly sinceAwakeMs: number }
  readonly stops: Stop[]
  /** What detectors hold to be out of the ordinary. */
  unusual: readonly Unusual[]
  readonly hands: TrueHand[]
  /** Runs whose trouble went without them, as was seen from outside. */
  readonly recoveredAlone: Set<string>
  readonly asked: Asked[]
  /** How long the machine has slept in all: time that nobody on it could feel. */
  sleptMs: number
  isCalm: boolean
  readonly log: string[]
  say(text: string): void
}

/** Time in which the machine was awake: what a process on it could notice, and act upon. */
export function awakeMs({ clock, sleptMs }: Pick<Sim, 'clock' | 'sleptMs'>): number {
  return clock.trueMs() - sleptMs
}

export function stopNow(sim: Sim, by: Stop['by'], freeze: boolean): Omit<Stop, 'isDurable'> {
  return { by, freeze, since: sim.clock.trueMs(), sinceAwakeMs: awakeMs(sim) }
}

export function activeStops({ stops, clock }: Sim): Stop[] {
  const now = clock.trueMs()
  return stops.filter(({ since, until }) => since <= now && (until === undefined || now < until))
}
