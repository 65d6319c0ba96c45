import { assess } from '../assess/assess.ts'
import type { Assessment } from '../domain/assessment.ts'
import { compare } from '../assess/compare.ts'
import { messageOf } from '../domain/errors.ts'
import type { Ledger } from '../domain/ledger.ts'
import { lockedBy, type Plan } from '../domain/plan.ts'
import type { Approval } from '../domain/proposal.ts'
import type { Verdict } from '../domain/verdict.ts'
import { check } from '../gate/check.ts'
import { excerptOf, familyOf } from '../gate/excerpt.ts'
import type { GateInput } from '../gate/gate.ts'
import { HaltedError, openJournal } from '../saga/journal.ts'
import type { RunState } from '../saga/log.ts'
import { planRecovery, readRunLog, type Recovery } from '../saga/recover.ts'
import { runPlan } from '../saga/run.ts'
import { startRun } from '../saga/start.ts'
import { chargeOf } from './charges.ts'
import { actionNamed } from './previews.ts'
import { measurePlan, note, recordOf, worldFor, type Engine } from './engine.ts'
import { basisOf, topologyPart } from './proof/asked.ts'
import { accountFor } from './proof/keep.ts'
import { keepCharts } from './views/charted.ts'

/** A verdict, and the ledger by which it was given. */
type Asked = { readonly verdict: Verdict; readonly ledger: Ledger }

/** Asks every gate now, with the ledger as it is in the record now. */
export async function ask(
  engine: Engine,
  question: Pick<GateInput, 'plan' | 'purpose' | 'step' | 'run' | 'approval'>,
): Promise<Asked> {
  const { plan } = question
  const ledger = await recordOf(engine).ledger(plan.owner, [...lockedBy(plan), ...plan.within])
  const world = worldFor(engine, plan)
  const excerpt = excerptOf({ ...question, ledger, world, now: engine.ports.clock.moment() })
  const verdict = check(engine.ports.gates, excerpt.input)
  accountFor(verdict, (shelve) => basisOf(excerpt, shelve))
  return { verdict, ledger }
}

/** Starts a run of the plan that the gates just allowed, and lets it go on by itself; answers its name. */
export async function beginRun(
  engine: Engine,
  plan: Plan,
  { verdict, ledger }: Asked,
  approval?: Approval,
): Promise<string> {
  const { ports } = engine
  const run = ports.newId('run')
  const state = await startRun(recordOf(engine), {
    run,
    plan,
    ledger,
    verdict,
    version: ports.version,
    at: ports.clock.moment(),
    charge: plan.steps.slice(0, 1).map((step) => chargeOf(engine, { run, plan, step, seen: ledger.lastDisturbance })),
    ...(approval && { approval }),
  })
  ports.log.info({ run, incident: plan.incident, remedy: plan.remedy, target: plan.target }, 'run started')
  drive(engine, run, state)
  return run
}

/** Takes up every run that the last owner left open. Called once, before the first turn. */
export async function recoverRuns(engine: Engine): Promise<void> {
  const record = recordOf(engine)
  const rows = await record.openRuns()
  const open = await Promise.all(rows.map(async (row) => ({ row, events: await readRunLog(record, row.run) })))
  const knows = (name: string): boolean => engine.ports.actions.some((action) => action.name === name)
  for (const recovery of planRecovery(open, knows)) {
    if (recovery.do === 'resume') drive(engine, recovery.row.run, recovery.state)
    else await giveUp(engine, recovery)
  }
}

function drive(engine: Engine, run: string, state: RunState): void {
  const { ports, freeze, halt } = engine
  const record = recordOf(engine)
  const signals = { freeze: freeze.signal, halt: halt.signal }
  const journal = openJournal(run, state, { record, clock: ports.clock, ...signals })
  const { approval, plan } = state
  // A run asks one question after the other.
  let seen = 0
  const under = runPlan({
    run,
    plan,
    journal,
    clock: ports.clock,
    ...signals,
    action: (name) => actionNamed(ports.actions, name),
    tools: ports.tools,
    ask: async (question) => {
      const { verdict, ledger } = await ask(engine, { ...question, ...(approval && { approval }) })
      seen = ledger.lastDisturbance
      return verdict
    },
    charge: (step) => [{ do: 'settle', by: run }, chargeOf(engine, { run, plan, step, seen })],
    measure: (plan) => measurePlan(engine, plan),
    assess: (plan, since) => judge(engine, plan, since.wallMs),
    compare: (plan, wave, since) => compare(plan, wave, measurePlan(engine, plan), since.wallMs),
    pollMs: ports.pollMs,
  })
  engine.runs.set(run, watchRun(engine, run, plan.incident, under))
}

/** Whether it helped, as far as the plan's signals say now, on samples later than `sinceMs`. */
function judge(engine: Engine, plan: Plan, sinceMs: number): Assessment {
  const measure = measurePlan(engine, plan)
  const topology = familyOf({ topology: engine.ports.topology() }, plan)
  accountFor(measure, (shelve) => ({ topology: shelve(topologyPart(topology)) }))
  return assess(plan, measure, sinceMs, topology)
}

async function watchRun(engine: Engine, run: string, incident: string, under: Promise<string>): Promise<void> {
  const { log } = engine.ports
  try {
    const outcome = await under
    log.info({ run, outcome }, 'run ended')
    // What is healed ends soon, and is charted then.
    if (outcome !== 'healed') await keepCharts(engine, incident)
  } catch (thrown) {
    // Halted is the plan; anything else leaves the run open in the record, with its lock, for the next start to resume.
    if (!(thrown instanceof HaltedError)) log.error({ run, problem: messageOf(thrown) }, 'run could not record its end')
  }
  engine.runs.delete(run)
  engine.wake()
}

/** Ends a run that this version cannot go on with, so that a person can release what it holds. */
async function giveUp(
  engine: Engine,
  { row: { run, incident, target }, outcome, reason: why }: Extract<Recovery, { do: 'give-up' }>,
): Promise<void> {
  const reason = `cannot be continued: ${why}`
  const leftOpen = [`whatever ${run} did to ${target}`]
  await note(
    engine,
    [
      { kind: 'run-ended', outcome, reason, leftOpen },
      { kind: 'paged', about: run, reason: `${outcome}: ${reason}` },
    ],
    { incident, run, writes: [{ do: 'close-run', run, outcome }], closing: true },
  )
}
