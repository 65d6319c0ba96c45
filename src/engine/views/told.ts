import type { Entry, EntryBody } from '../../domain/entry.ts'
import type { Plan } from '../../domain/plan.ts'
import type { Proposal, StepPreview } from '../../domain/proposal.ts'
import type { Outcome } from '../../domain/run.ts'
import type { Verdict } from '../../domain/verdict.ts'
import type { PlanView, StepView } from '../../domain/view.ts'
import type { Json } from '../../lib/json.ts'

/** What the record says of one step of a plan. */
export type StepTold = {
  readonly status: StepView['status']
  /** What its capture saw. */
  readonly before?: Json
  readonly appliedAt?: number
  /** Why its undo failed. */
  readonly trouble?: string
}

/** What the record says of one plan. */
export type PlanTold = Omit<PlanView, 'steps'> & {
  readonly preview: readonly StepPreview[]
  readonly steps: ReadonlyMap<string, StepTold>
}

/** Every plan that the entries of one incident tell of, newest first. Entries whose body was pruned tell nothing. */
export function plansTold(entries: readonly Entry[]): PlanTold[] {
  const plans = new Map<string, PlanTold>()
  for (const entry of entries) {
    const next = nextPlan(plans, entry)
    if (next) plans.set(next.plan.id, next)
  }
  return [...plans.values()].toReversed()
}

/** The proposal that waits; undefined where none does. */
export function openProposal(entries: readonly Entry[]): Proposal | undefined {
  let open: Proposal | undefined
  for (const { body } of entries) {
    if (body?.kind === 'proposed') open = body.proposal
    else if (body?.kind === 'incident-closed') open = undefined
    else if ((body?.kind === 'approved' || body?.kind === 'proposal-ended') && body.proposal === open?.id) {
      open = undefined
    }
  }
  return open
}

function nextPlan(plans: ReadonlyMap<string, PlanTold>, entry: Entry): PlanTold | undefined {
  const { body, run, at } = entry
  switch (body?.kind) {
    case 'not-run':
    case 'would-run':
      return { ...planned(plans, body.plan, at.wallMs), became: body.kind, verdict: body.verdict }
    case 'proposed': {
      const { plan, verdict, preview } = body.proposal
      return { ...planned(plans, plan, at.wallMs), became: 'proposed', verdict, preview }
    }
    case 'proposal-ended': {
      const was = [...plans.values()].findLast(({ became }) => became === 'proposed')
      const by = body.by === undefined ? '' : ` by ${body.by}`
      return was && { ...was, reason: `${body.as}${by}: ${body.reason}` }
    }
    case 'run-started':
      return {
        ...planned(plans, body.plan, at.wallMs),
        became: 'running',
        startedAt: at.wallMs,
        ...(run !== undefined && { run }),
      }
    default: {
      const was = run === undefined ? undefined : [...plans.values()].find((plan) => plan.run === run)
      return was && body && nextInRun(was, body, at.wallMs)
    }
  }
}

function planned(plans: ReadonlyMap<string, PlanTold>, plan: Plan, at: number): PlanTold {
  return plans.get(plan.id) ?? { plan, at, became: 'not-run', preview: [], steps: new Map() }
}

function nextInRun(was: PlanTold, body: EntryBody, atMs: number): PlanTold {
  if (body.kind === 'run-ended') {
    return { ...ended(was, body.outcome, body.reason, atMs), ...(body.credited && { credited: body.credited }) }
  }
  if (body.kind === 'compared') {
    const { wave, comparison } = body
    // What nobody could see is judged again.
    const others = (was.comparisons ?? []).filter((one) => one.wave !== wave)
    return { ...was, comparisons: [...others, { wave, at: atMs, comparison }] }
  }
  if (!('step' in body)) return was
  const verdict: Verdict | undefined = 'verdict' in body ? body.verdict : undefined
  const [step, part] = partsOfStep(body.step)
  const told = nextStep(was.steps.get(step) ?? { status: 'planned' }, part, body, atMs)
  return { ...was, ...(verdict && { verdict }), ...(told && { steps: new Map(was.steps).set(step, told) }) }
}

function ended(was: PlanTold, outcome: Outcome, reason: string, endedAt: number): PlanTold {
  // What was under way when the run ended was cut off.
  const over = (step: StepTold): StepTold => (step.status === 'under-way' ? { ...step, status: 'failed' } : step)
  const steps = new Map([...was.steps].map(([name, step]) => [name, over(step)]))
  return { ...was, became: 'run', outcome, reason, endedAt, steps }
}

/** The journal names the parts of a step: `restart lab:shop/instance/web-1/apply`. An undo goes by the step's own name. */
function partsOfStep(name: string): readonly [step: string, part: string] {
  const at = name.lastIndexOf('/')
  const part = name.slice(at + 1)
  return PARTS.has(part) ? [name.slice(0, at), part] : [name, '']
}

const PARTS: ReadonlySet<string> = new Set(['capture', 'apply', 'verify'])

function nextStep(was: StepTold, part: string, body: EntryBody, atMs: number): StepTold | undefined {
  switch (body.kind) {
    case 'step-started':
      return part === 'apply' ? { ...was, status: 'under-way' } : undefined
    case 'step-succeeded':
      if (part === 'capture') return { ...was, before: body.result }
      return part === 'apply' ? { ...was, status: 'applied', appliedAt: atMs } : undefined
    case 'step-failed':
      return part === '' ? undefined : { ...was, status: 'failed' }
    case 'undo-finished':
      return { ...was, status: 'undone' }
    case 'undo-failed':
      return { ...was, trouble: body.failure.message }
    default:
      return undefined
  }
}
