import type { Comparison, Group } from '../domain/comparison.ts'
import { comparisonText } from '../domain/comparison.ts'
import type { Measure, Plan, SignalState } from '../domain/plan.ts'
import type { ResourceRef } from '../domain/resource.ts'
import { chanceOfAtLeast } from '../lib/fisher.ts'
import { excess, nameOf, worseGuards, WORSE_FACTOR } from './assess.ts'

/** Of a difference this large in the shares that are well, few targets are enough, if they agree. */
const LARGE = 0.5
/** A smaller one counts where it comes about by chance alone no more often than this. */
const SELDOM = 0.05

/**
 * What a wave has come to at this moment: the signals of all that were treated up to it, against those of the sick that are
 * untouched. All were sick before, so a difference is the treatment's, or chance, which is told with it. Only samples later
 * than `sinceMs` (epoch milliseconds, when the wave was in place) say anything. Pure.
 */
export function compare(plan: Plan, wave: number, measure: Measure, sinceMs: number): Comparison {
  const waves = plan.canary?.waves ?? []
  const refs = {
    treated: waves.slice(0, wave + 1).flatMap(({ treats }) => treats),
    controls: waves[wave]?.controls ?? [],
  }
  const treated = groupOf(refs.treated, measure)
  const controls = groupOf(refs.controls, measure)
  const recovered = refs.controls.filter((ref) => isWell(ref, measure))
  // Rounded: logarithms differ in their last digits from machine to machine, and a decision is derived again elsewhere.
  const chance = Number(chanceOfAtLeast(shareOf(treated), shareOf(controls)).toPrecision(6))
  const said = { treated, controls, guards: measure.guards, chance, recovered }
  const answer = (verdict: Comparison['verdict'], why: readonly string[] = []): Comparison => ({
    verdict,
    ...said,
    reasons: [comparisonText({ verdict, ...said, reasons: [] }), ...why],
  })

  const seen = [...treated.signals, ...controls.signals, ...measure.guards]
  const blind = seen.filter(({ state }) => state === 'blind')
  if (blind.length > 0)
    return answer(
      'blind',
      blind.map((signal) => `${nameOf(signal)} cannot be seen`),
    )
  const waiting = seen.filter(({ at }) => at <= sinceMs)
  if (waiting.length > 0)
    return answer(
      'no-effect',
      waiting.map((one) => `no sample of ${nameOf(one)} since the effect`),
    )
  const harm = harmOf({ treated, controls, measure, before: plan.verify.before })
  if (harm.length > 0) return answer('harm', harm)
  if (isMore(treated, controls, treated)) return answer('better')
  return answer(treated.well === treated.of ? 'alone' : 'no-effect')
}

function groupOf(refs: readonly ResourceRef[], measure: Measure): Group {
  const signals = measure.own.filter(({ target }) => refs.includes(target))
  return { of: refs.length, well: refs.filter((ref) => isWell(ref, measure)).length, signals }
}

function isWell(ref: ResourceRef, { own }: Measure): boolean {
  const signals = own.filter(({ target }) => target === ref)
  return signals.length > 0 && signals.every(({ state }) => state === 'well')
}

const shareOf = ({ of, well }: Group): { of: number; count: number } => ({ of, count: well })

/**
 * Whether so many more of the first are well that chance seldom makes it; in groups too small for that to be told, whether
 * all of the treated agree and the difference is large.
 */
function isMore(first: Group, second: Group, treated: Group): boolean {
  const difference = first.well / first.of - second.well / second.of
  const agree = treated.well === 0 || treated.well === treated.of
  if (agree && difference >= LARGE) return true
  return difference > 0 && chanceOfAtLeast(shareOf(first), shareOf(second)) <= SELDOM
}

type Compared = {
  readonly treated: Group
  readonly controls: Group
  readonly measure: Measure
  readonly before: Measure
}

/** In what the treated are worse off than they would be had nobody touched them. */
function harmOf({ treated, controls, measure, before }: Compared): string[] {
  const was = (now: SignalState): SignalState | undefined =>
    before.own.find(({ signal, target }) => signal === now.signal && target === now.target)
  const broke = (now: SignalState): boolean => now.state === 'violated' && was(now)?.state === 'well'
  const spreading = new Set(controls.signals.filter(broke).map(({ signal }) => signal))
  const broken = treated.signals.filter((now) => broke(now) && !spreading.has(now.signal))
  const usual = new Map(
    [...Map.groupBy(controls.signals, ({ signal }) => signal)].map(([name, all]) => [name, most(all)]),
  )
  const further = treated.signals.filter((now) => {
    const [own, others] = [excess(now), usual.get(now.signal) ?? 0]
    return others > 0 && own > others * WORSE_FACTOR && own > excessOf(was(now)) * WORSE_FACTOR
  })
  return [
    ...worseGuards(measure, before).map((guard) => `${nameOf(guard)} got worse`),
    ...broken.map((signal) => `${nameOf(signal)} was well before, and is violated`),
    ...further.map((signal) => `${nameOf(signal)} is further beyond its limit than before, and than on any untouched`),
    ...(isMore(controls, treated, treated) ? ['the untouched recover, and the treated do not'] : []),
  ]
}

const most = (signals: readonly SignalState[]): number => Math.max(0, ...signals.map(excess))
const excessOf = (signal: SignalState | undefined): number => (signal ? excess(signal) : 0)
