import type { z } from 'zod'
import type { AttemptLimit, GlobalLimit, Limits, ServiceLimit, StormLimit } from '../domain/policy.ts'
import type { Profile } from './config.ts'
import { handsOff, handsOffOf, type HandsOffSection } from './hands-off.ts'
import { attempts, oneOf, percent, period, section, some, whole } from './leaves.ts'
import { MIN_HEALTHY, PER_TARGET } from './profile.ts'
import { selfLimits, type SelfLimitsSection } from './self.ts'
import type { Scope } from './scope.ts'

/** What bounds everybody: runs, people, deployments. Shares are from 0 to 1, times milliseconds. */
export type LimitsSection = {
  perTarget?: Omit<AttemptLimit, 'latches'>[]
  /** The short form of `perService.minHealthy`. */
  minHealthy?: number
  perService?: { atOnce?: number; percent?: number; minHealthy?: number }
  global?: { atOnce?: number; effectsPerHour?: number }
  storm?: { causes?: number; within?: number; then?: 'hold-and-page' }
  self?: SelfLimitsSection
  handsOff?: HandsOffSection
}

const MOST = 100_000
const healthy = whole(0, 10_000)

export const limits: z.ZodType<LimitsSection> = section({
  perTarget: some(attempts).exactOptional(),
  minHealthy: healthy.exactOptional(),
  perService: section({
    atOnce: whole(1, MOST).exactOptional(),
    percent: percent.exactOptional(),
    minHealthy: healthy.exactOptional(),
  }).exactOptional(),
  global: section({
    atOnce: whole(1, MOST).exactOptional(),
    effectsPerHour: whole(1, MOST).exactOptional(),
  }).exactOptional(),
  storm: section({
    causes: whole(2, MOST).exactOptional(),
    within: period.exactOptional(),
    // oxlint-disable-next-line no-thenable
    then: oneOf(['hold-and-page']).exactOptional(),
  }).exactOptional(),
  self: selfLimits.exactOptional(),
  handsOff: handsOff.exactOptional(),
})

type Blast = { readonly perService: ServiceLimit; readonly global: GlobalLimit; readonly storm: StormLimit }

/** Calm where users are, quick where nobody is harmed. */
const BLAST: Readonly<Record<Profile, Blast>> = {
  production: {
    perService: { atOnce: 1, share: 0.25 },
    global: { atOnce: 3, effectsPerHour: 20 },
    storm: { causes: 5, withinMs: 300_000 },
  },
  lab: {
    perService: { atOnce: 10, share: 1 },
    global: { atOnce: 20, effectsPerHour: 1000 },
    storm: { causes: 50, withinMs: 60_000 },
  },
}

/** The two longest limits of attempts latch: whoever needs that many masks a fault, and a person should see it. */
export function limitsOf(given: LimitsSection = {}, profile: Profile, { problems }: Pick<Scope, 'problems'>): Limits {
  const { perService = {}, global = {}, storm = {} } = given
  const attemptLimits = given.perTarget ?? PER_TARGET
  const perTarget = attemptLimits.map((limit, i): AttemptLimit => {
    if (i > 0 && limit.withinMs <= (attemptLimits[i - 1]?.withinMs ?? 0)) {
      problems.push({ path: ['limits', 'perTarget', i], message: 'must span a longer time than the limit before it' })
    }
    return { ...limit, latches: i >= attemptLimits.length - 2 }
  })
  if (given.minHealthy !== undefined && perService.minHealthy !== undefined) {
    const message = 'is the short form of limits.perService.minHealthy: write one of them'
    problems.push({ path: ['limits', 'minHealthy'], message, atKey: true })
  }
  const { atOnce, percent: share } = perService
  const { causes, within: withinMs } = storm
  const blast = BLAST[profile]
  return {
    perTarget,
    minHealthy: perService.minHealthy ?? given.minHealthy ?? MIN_HEALTHY,
    perService: { ...blast.perService, ...(atOnce !== undefined && { atOnce }), ...(share !== undefined && { share }) },
    global: { ...blast.global, ...global },
    storm: { ...blast.storm, ...(causes !== undefined && { causes }), ...(withinMs !== undefined && { withinMs }) },
    handsOff: handsOffOf(given.handsOff),
  }
}
