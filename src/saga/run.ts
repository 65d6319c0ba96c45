import { messageOf } from '../domain/errors.ts'
import type { Write } from '../domain/ledger.ts'
import type { Comparison } from '../domain/comparison.ts'
import { creditOf } from '../domain/credit.ts'
import { wavesOf, type PlanStep } from '../domain/plan.ts'
import type { AnyAction, Tools } from '../domain/ports.ts'
import type { Outcome } from '../domain/run.ts'
import type { Verdict } from '../domain/verdict.ts'
import { elapsedMs } from '../lib/clock.ts'
import type { Json } from '../lib/json.ts'
import { askWithPatience, landedSteps, type Ending, type RunContext } from './context.ts'
import { allowing, FrozenError, HaltedError, RefusedError } from './journal.ts'
import { compareWave } from './compare.ts'
import { stops, type RunState } from './log.ts'
import { settle, type Settled } from './settle.ts'
import { undoLanded } from './undo.ts'

/** Why the steps did not go on: `refused` by the gates, or `failed`. */
type Stop = { readonly why: 'refused' | 'failed'; readonly reason: string }

/**
 * One durable run: every step captured, allowed, applied and verified, then judged by the incident's own signals, then
 * kept or taken back. Called again after a crash, with the journal of what was recorded, it goes on from there.
 * Resolves with the recorded outcome; throws HaltedError when the process goes down (the successor goes on).
 */
export async function runPlan(x: RunContext): Promise<Outcome> {
  const ending = await mend(x).catch((thrown: unknown): Ending => {
    if (thrown instanceof HaltedError) throw thrown
    if (thrown instanceof FrozenError) return { outcome: 'parked', reason: thrown.message }
    return { outcome: 'stuck', reason: `unexpected, a bug: ${messageOf(thrown)}` }
  })
  await end(x, ending)
  return ending.outcome
}

async function mend(x: RunContext): Promise<Ending> {
  const { status, steps, comparisons } = x.journal.state()
  const against = comparisons.find(stops)
  // The judgement that led to the undo is on record, and says what else the ending has to say.
  if (status === 'undoing' && steps.has('settle/result')) return bySettling(x)
  if (status === 'undoing' && against) return byComparison(x, against)
  if (status === 'undoing') return afterStop(x, { why: 'refused', reason: 'the undo was cut off and goes on' })
  const { steps: planned, canary } = x.plan
  for (const [n, wave] of wavesOf(x.plan).entries()) {
    for (const step of planned.filter(({ name }) => wave.steps.includes(name))) {
      const stop = isSpared(x, step) ? undefined : await perform(x, step)
      if (stop) return afterStop(x, stop)
    }
    if (!canary || wave.controls.length === 0) continue
    const comparison = await compareWave(x, n, canary)
    if (stops(comparison)) return byComparison(x, comparison)
  }
  return bySettling(x)
}

/** Whether its target, untouched, was seen to have recovered when a wave before it was judged. */
function isSpared({ journal }: RunContext, { target }: PlanStep): boolean {
  return journal.state().comparisons.some(({ recovered }) => recovered.includes(target))
}

/** A wave of which no more of the same may follow. What recovered with nobody's help is kept, and watched as ever. */
async function byComparison(x: RunContext, { verdict, reasons }: Comparison): Promise<Ending> {
  const reason = reasons.join('; ')
  switch (verdict) {
    case 'better':
    case 'alone':
      return bySettling(x, `stopped after the comparison: ${reason}`)
    case 'harm':
      return byResult(x, { result: 'worse', enough: false, reasons })
    case 'no-effect':
      return byResult(x, { result: 'unchanged', enough: false, reasons })
    case 'blind':
      return byResult(x, { result: 'blind', enough: false, reasons })
  }
}

/** Capture, ask, apply, verify: one action as a transaction. */
async function perform(x: RunContext, step: PlanStep): Promise<Stop | undefined> {
  const { journal } = x
  try {
    const action = x.action(step.action)
    const look = { params: step.params, tools: x.tools(step.target) }
    const rule = { timeoutMs: action.limits.stepTimeoutMs, tries: action.repeat === 'safe' ? 3 : 1 }
    const capture = (abort: AbortSignal): Promise<Json> => action.capture({ ...look, abort })
    const before = await journal.step(`${step.name}/capture`, capture, { ...rule, withNext: true })
    const act = { ...look, before, key: `${x.run}/${step.name}` }
    const stop = await applyOnce(x, step, action, act, rule)
    if (stop) return stop
    const { verifyWithinMs, stepTimeoutMs } = action.limits
    // Longer than its own deadline: the last look may take as long as any step, and then says what it saw.
    await journal.step(`${step.name}/verify`, (abort) => waitForPass(x, action, { ...act, abort }), {
      timeoutMs: verifyWithinMs + stepTimeoutMs,
      tries: 1,
      // The run keeps its place until its last step has taken effect: it passes from step to step.
      ...(step === x.plan.steps.at(-1) && { settle: [{ do: 'settle', by: x.run }] }),
    })
    return undefined
  } catch (thrown) {
    if (thrown instanceof HaltedError || thrown instanceof FrozenError) throw thrown
    return { why: 'failed', reason: `${step.name}: ${messageOf(thrown)}` }
  }
}

type ActNow = { readonly params: Json; readonly tools: Partial<Tools>; readonly before: Json; readonly key: string }

async function applyOnce(
  x: RunContext,
  step: PlanStep,
  action: AnyAction,
  act: ActNow,
  rule: { readonly timeoutMs: number; readonly tries: number },
): Promise<Stop | undefined> {
  const name = `${step.name}/apply`
  const was = x.journal.state().steps.get(name)
  if (was?.status === 'started' && action.repeat === 'never') {
    return { why: 'failed', reason: `${name} was cut off and cannot be repeated: nobody knows whether it happened` }
  }
  const ask = (purpose: 'apply' | 'repeat'): Promise<Verdict> => askWithPatience(x, step, purpose)
  const apply = async (abort: AbortSignal): Promise<null> => {
    await action.apply({ ...act, abort })
    return null
  }
  try {
    // A recorded outcome is not asked about again; everything else, a cut-off step too, is asked at this moment.
    const verdict = was && was.status !== 'started' ? ALREADY_ASKED : allowing(await ask(was ? 'repeat' : 'apply'))
    const asking = { verdict, ask: () => ask('repeat'), charge: () => x.charge?.(step) ?? [] }
    await x.journal.step(name, apply, { ...rule, ...asking, measure: x.measure(x.plan) })
    return undefined
  } catch (thrown) {
    if (!(thrown instanceof RefusedError)) throw thrown
    await x.journal.append({ kind: 'refused', step: name, verdict: thrown.verdict })
    return { why: 'refused', reason: `${name}: ${thrown.message}` }
  }
}

const ALREADY_ASKED: Verdict = { answer: 'allow', answers: [] }

async function waitForPass(
  x: RunContext,
  action: AnyAction,
  act: ActNow & { readonly abort: AbortSignal },
): Promise<null> {
  const from = x.clock.moment()
  for (;;) {
    let reason: string
    try {
      const check = await action.verify(act)
      if (check.status === 'pass') return null
      reason = check.reason
      if (check.status === 'fail') throw new VerifyError(reason)
    } catch (thrown) {
      // Whoever cannot be asked is unknown, not failed: look again until the time is over.
      if (thrown instanceof VerifyError) throw thrown
      reason = messageOf(thrown)
    }
    const isOver = act.abort.aborted || elapsedMs(from, x.clock.moment()) >= action.limits.verifyWithinMs
    if (isOver) throw new VerifyError(`did not take effect in time: ${reason}`)
    await x.clock.sleep(x.pollMs, act.abort)
  }
}

class VerifyError extends Error {}

/** The steps did not all happen: undo what can be undone, judge what cannot. */
async function afterStop(x: RunContext, stop: Stop): Promise<Ending> {
  const landed = landedSteps(x)
  if (landed.length === 0) return { outcome: 'abandoned', reason: stop.reason }
  if (landed.some(({ step, action }) => action.repeat === 'never' && isCutOff(x.journal.state(), step))) {
    return { outcome: 'stuck', reason: stop.reason }
  }
  const lasting = landed.filter(({ action }) => action.reversibility !== 'reversible')
  if (lasting.length > 0 && stop.why === 'failed') return bySettling(x, stop.reason)
  const undone = lasting.length < landed.length ? await takeBack(x, stop.reason) : undefined
  if (undone && (undone.outcome !== 'rolled-back' || lasting.length === 0)) return undone
  return { outcome: 'parked', reason: stop.reason }
}

function isCutOff(state: RunState, step: PlanStep): boolean {
  return state.steps.get(`${step.name}/apply`)?.status === 'started'
}

/** Judged by the users' own signals: DESIGN section 4, "What success is". */
async function bySettling(x: RunContext, after?: string): Promise<Ending> {
  return byResult(x, await settle(x), after)
}

async function byResult(x: RunContext, { result, enough, reasons }: Settled, after?: string): Promise<Ending> {
  const reason = [after, ...reasons].filter(Boolean).join('; ')
  const reversible = landedSteps(x).filter(({ action }) => action.reversibility === 'reversible')
  const lasting = landedSteps(x).length > reversible.length
  switch (result) {
    case 'better':
      return { outcome: enough ? 'healed' : 'helped', reason }
    case 'blind':
      return { outcome: 'parked', reason: `applied, unverified: ${reason}` }
    case 'unchanged': {
      const undone: Ending = reversible.length > 0 ? await takeBack(x, reason) : { outcome: 'spent', reason }
      // Rolled back means as it was before: what cannot be undone is spent.
      return undone.outcome === 'rolled-back' && lasting ? { outcome: 'spent', reason } : undone
    }
    case 'worse': {
      const undone: Ending = reversible.length > 0 ? await takeBack(x, reason) : { outcome: 'rolled-back', reason }
      if (undone.outcome !== 'rolled-back' || !lasting) return undone
      return { outcome: 'stuck', reason: `worse, and it cannot be undone: ${reason}` }
    }
  }
}

async function takeBack(x: RunContext, because: string): Promise<Ending> {
  const trouble = await undoLanded(x, landedSteps(x).reverse())
  return trouble ?? { outcome: 'rolled-back', reason: because }
}

/** Parked and stuck keep the lock and page a person; every other ending frees what the run held. */
async function end(x: RunContext, { outcome, reason }: Ending): Promise<void> {
  const { run, plan, journal } = x
  const held = outcome === 'parked' || outcome === 'stuck'
  const open = landedSteps(x).filter(({ step }) => journal.state().undos.get(step.name)?.status !== 'finished')
  const leftOpen = held ? open.map(({ step }) => openText(journal.state(), step)) : []
  const incident = plan.incident
  const paged = { body: { kind: 'paged' as const, about: run, reason: `${outcome}: ${reason}` }, incident, run }
  const writes: Write[] = [{ do: 'close-run', run, outcome }]
  const { before, comparisons } = journal.state()
  const credited = creditOf({ plan, outcome, comparisons, now: x.clock.now(), ...(before && { before }) })
  await journal.append(
    { kind: 'run-ended', outcome, reason, leftOpen, ...(credited && { credited }) },
    { writes: held ? writes : [...writes, { do: 'unlock', run }], entries: held ? [paged] : [] },
  )
}

function openText(state: RunState, step: PlanStep): string {
  const applied = state.steps.get(`${step.name}/apply`)?.status
  const undo = state.undos.get(step.name)?.status
  const what = `${step.action} on ${step.target}`
  if (undo) return `${what}: undo ${undo}`
  return `${what}: ${applied === 'succeeded' ? 'applied' : 'may have been applied'}`
}
