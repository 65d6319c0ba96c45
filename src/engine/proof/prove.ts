import { assess } from '../../assess/assess.ts'
import { compare } from '../../assess/compare.ts'
import { isKnownRef, type Basis } from '../../domain/basis.ts'
import type { Entry, EntryBody } from '../../domain/entry.ts'
import { messageOf } from '../../domain/errors.ts'
import { foldIncident } from '../../domain/incident-fold.ts'
import type { Plan } from '../../domain/plan.ts'
import { isRunEvent } from '../../domain/run.ts'
import type { Verdict } from '../../domain/verdict.ts'
import { check } from '../../gate/check.ts'
import type { Gate } from '../../gate/gate.ts'
import type { Moment } from '../../lib/clock.ts'
import type { Json } from '../../lib/json.ts'
import { nextRun, type RunState } from '../../saga/log.ts'
import { credited, sinceEffect } from '../../saga/settle.ts'
import { inputFrom } from './asked.ts'
import { chooseAgain, type Reasoning, type Stored } from './choice.ts'
import { topologyFrom } from './compact.ts'
import { differences } from './difference.ts'
import { outcomeProblem } from './outcome.ts'

/**
 * One thing that was decided, derived again from what the record says was read for it: `same`, or it `differs`.
 * `missing`: the record does not hold all that was read.
 */
export type Derivation = {
  readonly seq: number
  readonly decision: 'diagnosis' | 'choice' | 'verdict' | 'comparison' | 'assessment' | 'outcome'
  readonly result: 'same' | 'differs' | 'missing'
  /** What is stored and what was derived, or what is missing. */
  readonly problems: readonly string[]
}

export type Proving = Reasoning & { readonly gates: readonly Gate[] }

/** A value that decisions read, by its digest; undefined where the record does not hold it. */
export type KnownPart = (digest: string) => Json | undefined

/**
 * Derives every decision of an incident again: pure, from its entries alone (oldest first), with the functions that this
 * version decides with.
 */
export function deriveAgain(entries: readonly Entry[], part: KnownPart, rooms: Proving): Derivation[] {
  const runs = new Map<string, RunState>()
  return entries.flatMap((entry) => {
    const { body, run = '' } = entry
    if (!body) return []
    const state = runs.get(run)
    if (isRunEvent(body)) {
      try {
        runs.set(run, nextRun(state, body))
      } catch (thrown) {
        return [
          { seq: entry.seq, decision: 'outcome' as const, result: 'differs' as const, problems: [messageOf(thrown)] },
        ]
      }
    }
    return derivationsOf({ entry, body, state, entries, part, rooms })
  })
}

type At = {
  readonly entry: Entry
  readonly body: EntryBody
  /** Of the run that it belongs to, before it. */
  readonly state: RunState | undefined
  readonly entries: readonly Entry[]
  readonly part: KnownPart
  readonly rooms: Proving
}

function derivationsOf(x: At): Derivation[] {
  const { body, state } = x
  switch (body.kind) {
    case 'not-run':
    case 'would-run':
      return [...chosen(x, body.plan, body.basis), verdict(x, body.plan, body.verdict, body.basis)]
    case 'proposed': {
      const { plan, verdict: stored } = body.proposal
      return [...chosen(x, plan, body.basis), verdict(x, plan, stored, body.basis)]
    }
    case 'run-started': {
      // What a person approved was chosen when it was proposed.
      const choice = body.approval ? [] : chosen(x, body.plan, body.basis)
      return [...choice, verdict(x, body.plan, body.verdict, body.basis)]
    }
    case 'step-started':
      return state && body.effect ? [verdict(x, state.plan, body.verdict, body.basis)] : []
    case 'undo-started':
    case 'refused':
      return state ? [verdict(x, state.plan, body.verdict, body.basis)] : []
    case 'assessed':
      return state ? [assessed(x, state, body)] : []
    case 'compared':
      return state ? [waveCompared(x, state, body)] : []
    case 'run-ended':
      return state ? [compared(x, 'outcome', () => outcomeProblem(state, body.outcome))] : []
    default:
      return []
  }
}

function verdict(x: At, plan: Plan, stored: Verdict | undefined, basis: Basis | undefined): Derivation {
  return compared(x, 'verdict', () => {
    if (!stored) throw new MissingError('the verdict was not recorded')
    const derived = check(x.rooms.gates, inputFrom(resolved(x, basis) as Basis, plan))
    const [was, is] = [byGate(stored), byGate(derived)]
    return differences({ ...was, answer: stored.answer }, { ...is, answer: derived.answer })
  })
}

function byGate({ answers }: Verdict): object {
  return Object.fromEntries(answers.map(({ gate, ...answer }) => [`gate ${gate}`, answer]))
}

/** The causes that were named, and the plan that was chosen for them. */
function chosen(x: At, plan: Plan, basis: Basis | undefined): Derivation[] {
  const again = onceOnly((): ReturnType<typeof chooseAgain> => {
    const choice = basis?.['choice']
    if (choice === undefined) throw new MissingError('what led to it was not recorded')
    const stored = resolved(x, choice) as Stored
    const upTo = Number(stored['upTo'])
    const incident = foldIncident(x.entries.filter(({ seq }) => seq <= upTo))
    if (!incident) throw new MissingError(`the entries of its incident up to ${upTo} are gone`)
    return chooseAgain(stored, incident, plan, x.rooms)
  })
  const named = x.entries.findLast(({ seq, body }) => seq < x.entry.seq && body?.kind === 'diagnosed')?.body
  const causes = compared(x, 'diagnosis', () => {
    const { diagnosis } = again()
    return named?.kind === 'diagnosed' ? differences(causesOf(named.diagnosis), causesOf(diagnosis)) : []
  })
  const choice = compared(x, 'choice', () => {
    const { choice: derived } = again()
    return derived.kind === 'plan' ? differences(plan, derived.plan) : differences(plan, derived)
  })
  return [causes, choice]
}

/** The answer of the first time; what throws is asked again. */
function onceOnly<T extends object>(make: () => T): () => T {
  let made: T | undefined
  return () => (made ??= make())
}

/** Causes are recorded when others are named than before; newer evidence for the same is no news. */
function causesOf({ hypotheses }: Extract<EntryBody, { kind: 'diagnosed' }>['diagnosis']): readonly string[] {
  return hypotheses.map(({ cause, target }) => `${cause} on ${target}`)
}

function assessed(x: At, state: RunState, { assessment, basis }: Extract<EntryBody, { kind: 'assessed' }>): Derivation {
  return compared(x, 'assessment', () => {
    const since = state.steps.get('settle/since')
    if (since?.status !== 'succeeded') throw new MissingError('no entry says when the effect was in place')
    const topology = topologyFrom((resolved(x, basis) as Stored)['topology'])
    const run = { plan: state.plan, journal: { state: () => state } }
    const { wallMs } = since.result as Moment
    const derived = credited(run, assess(sinceEffect(run), assessment.measure, wallMs, topology))
    // That it was not well without a break is told by looks that are not recorded, one by one.
    const [last] = assessment.reasons.slice(-1)
    const isBroken = !assessment.enough && derived?.enough === true && last?.startsWith(BROKEN) === true
    return differences(
      assessment,
      isBroken ? { ...derived, enough: false, reasons: [...derived.reasons, last] } : derived,
    )
  })
}

/** A comparison holds by value what it read. */
function waveCompared(
  x: At,
  state: RunState,
  { wave, comparison }: Extract<EntryBody, { kind: 'compared' }>,
): Derivation {
  return compared(x, 'comparison', () => {
    const since = state.steps.get(`compare ${wave + 1}/since`)
    if (since?.status !== 'succeeded') throw new MissingError('no entry says when the wave was in place')
    const { treated, controls, guards, reasons } = comparison
    const plan = sinceEffect({ plan: state.plan, journal: { state: () => state } })
    const { wallMs } = since.result as Moment
    const measure = { at: wallMs, own: [...treated.signals, ...controls.signals], guards }
    const derived = compare(plan, wave, measure, wallMs)
    // That it was not so without a break is told by looks that are not recorded, one by one.
    const [last] = reasons.slice(-1)
    const isBroken = comparison.verdict === 'no-effect' && last?.startsWith(NOT_SO) === true
    const reasonsNow = isBroken ? [...derived.reasons, last] : derived.reasons
    return differences(comparison, isBroken ? { ...derived, verdict: 'no-effect', reasons: reasonsNow } : derived)
  })
}

const NOT_SO = 'not so for '
const BROKEN = 'not well for '

class MissingError extends Error {}

function compared(x: At, decision: Derivation['decision'], differ: () => readonly string[]): Derivation {
  const { seq } = x.entry
  try {
    const problems = differ()
    return { seq, decision, result: problems.length === 0 ? 'same' : 'differs', problems }
  } catch (thrown) {
    const result = thrown instanceof MissingError ? 'missing' : 'differs'
    return { seq, decision, result, problems: [messageOf(thrown)] }
  }
}

/** A basis with everything that stands elsewhere put in its place. */
function resolved(x: At, plain: Json | undefined): Json {
  if (plain === undefined) throw new MissingError('what was read for it was not recorded')
  if (plain === null || typeof plain !== 'object') return plain
  if (isKnownRef(plain)) {
    const found = x.part(plain.$known)
    if (found === undefined) throw new MissingError(`what was read is gone: ${plain.$known}`)
    return found
  }
  if (Array.isArray(plain)) return plain as Json
  if ('$omitted' in plain)
    throw new MissingError(`what was read was too much to keep: ${Number(plain['$omitted'])} bytes`)
  if (Object.keys(plain).some((key) => key.startsWith('$'))) return plain
  return Object.fromEntries(
    Object.entries(plain).map(([key, value]) => [key, value === undefined ? null : resolved(x, value)]),
  )
}
