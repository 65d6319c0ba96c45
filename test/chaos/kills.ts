import type { Entry } from '../../src/domain/entry.ts'
import { pick, type Random } from '../../lab/random.ts'

/** Where a repair stands, as the record tells it. */
export const PHASES = [
  'before detection',
  'deciding',
  'before apply',
  'applying',
  'verifying',
  'stabilising',
  'closing',
  'closed',
] as const
export type Phase = (typeof PHASES)[number]

/** One kill -9: so many milliseconds after the record shows the aim, and how long nobody starts it again. */
export type Kill = { readonly aim: Aim; readonly delayMs: number; readonly downMs: number }

/** What one round does, all of it drawn from its seed. */
export type Draw = {
  readonly fault: 'crash' | 'freeze'
  /** Where between two probes the fault falls. */
  readonly injectAfterMs: number
  readonly kills: readonly Kill[]
}

type Aim = {
  readonly name: string
  readonly isReached: (entries: readonly Entry[]) => boolean
  readonly spreadMs: number
}

const shows =
  (kind: Entry['kind'], step?: string) =>
  (entries: readonly Entry[]): boolean =>
    entries.some(
      ({ body }) => body?.kind === kind && (step === undefined || ('step' in body && body.step.endsWith(step))),
    )

/** From the injection, or at any moment of the life that is to be killed. */
const ANY_TIME: Aim = { name: 'any time', isReached: () => true, spreadMs: 4500 }

/** The spread is about as long as the phase that follows, so that kills fall everywhere in it and a little beyond. */
const AIMS: readonly Aim[] = [
  { name: 'apply begins', isReached: shows('step-started', '/apply'), spreadMs: 30 },
  { name: 'run begins', isReached: shows('run-started'), spreadMs: 12 },
  { name: 'stabilisation begins', isReached: shows('step-started', 'settle/result'), spreadMs: 2000 },
  { name: 'early', isReached: () => true, spreadMs: 1500 },
  { name: 'applied', isReached: shows('step-succeeded', '/apply'), spreadMs: 300 },
  { name: 'run ends', isReached: shows('run-ended'), spreadMs: 20 },
  ANY_TIME,
]
/** After every kill the next life is killed, too, so often, until there were so many. */
const NEXT_KILL_SHARE = 0.4
const MOST_KILLS = 3
const NEXT_WITHIN_MS = 2500
const DOWN_MS = 600

/** The first aim goes by the seed itself, so that seeds in a row meet every phase. */
export function drawRound(seed: number, random: Random): Draw {
  const aim = AIMS[seed % AIMS.length] ?? ANY_TIME
  const kill = (aim: Aim, spreadMs = aim.spreadMs): Kill => ({
    aim,
    delayMs: random() * spreadMs,
    downMs: random() * DOWN_MS,
  })
  const kills = [kill(aim)]
  while (kills.length < MOST_KILLS && random() < NEXT_KILL_SHARE) kills.push(kill(ANY_TIME, NEXT_WITHIN_MS))
  return { fault: pick(random, ['crash', 'freeze']), injectAfterMs: random() * 500, kills }
}

/** How far the record of a round has come; of several runs the newest counts. */
export function phaseOf(entries: readonly Entry[]): Phase {
  let phase: Phase = 'before detection'
  for (const { body } of entries) phase = (body && phaseAfter(body)) ?? phase
  return phase
}

function phaseAfter(body: NonNullable<Entry['body']>): Phase | undefined {
  switch (body.kind) {
    case 'incident-opened':
      return 'deciding'
    case 'run-started':
      return 'before apply'
    case 'step-started':
      return body.effect ? 'applying' : body.step.startsWith('settle/') ? 'stabilising' : undefined
    case 'step-succeeded':
      return body.step.endsWith('/apply') ? 'verifying' : undefined
    case 'run-ended':
      return 'closing'
    case 'incident-closed':
      return 'closed'
    default:
      return undefined
  }
}
