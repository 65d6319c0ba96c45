import { correlate, type Change } from '../correlate/correlate.ts'
import { decide } from '../decide/decide.ts'
import { detect } from '../detect/detect.ts'
import { diagnose, sameDiagnosis } from '../diagnose/diagnose.ts'
import type { Diagnosis } from '../domain/diagnosis.ts'
import { ConflictError, messageOf, RecordUnwritableError } from '../domain/errors.ts'
import { openAttempt } from '../domain/incident-fold.ts'
import type { Incident } from '../domain/incident.ts'
import type { Choice } from '../domain/plan.ts'
import { measurePlan, note, sightOf, type Engine } from './engine.ts'
import { noteChoice, noteNotRun } from './non-actions.ts'
import { ask, beginRun } from './runs.ts'
import { watchClock, watchKillSwitch } from './watch.ts'

/** Incidents that one turn works on; the rest wait for the next, which then follows at once. */
const INCIDENTS_PER_TURN = 50

/**
 * The whole of Kintsugi on one page. A turn takes no input: it reads the world as it is, so that an event that was seen
 * and one that was missed come to the same. What wakes it (an observation, an alert, an operator) only wakes it.
 *
 *     signals → findings → incidents → diagnosis → plan → verdict → run → assessment → outcome
 *
 * A run lives on by itself (`saga/run.ts`); its ending wakes the loop, which decides anew: that is the ladder.
 */
export async function turn(engine: Engine): Promise<void> {
  await watchClock(engine)
  watchKillSwitch(engine)

  for (const change of correlate({
    findings: findingsNow(engine),
    open: engine.incidents.open(),
    topology: engine.ports.topology(),
  })) {
    await noteIncident(engine, change)
  }
  const idle = engine.incidents.open().filter((incident) => !openAttempt(incident) && incident.status !== 'escalated')
  if (idle.length > INCIDENTS_PER_TURN) engine.wake()
  for (const incident of leastRecent(engine, idle).slice(0, INCIDENTS_PER_TURN)) {
    await treatApart(engine, incident)
  }
}

/** One incident that cannot be treated keeps no other waiting. */
async function treatApart(engine: Engine, incident: Incident): Promise<void> {
  try {
    await treat(engine, incident)
  } catch (thrown) {
    if (thrown instanceof RecordUnwritableError) throw thrown
    // A conflict is news from another run: the next turn sees it.
    if (thrown instanceof ConflictError) return
    const problem = messageOf(thrown)
    if (engine.problems.get(incident.id) === problem) return
    engine.problems.set(incident.id, problem)
    engine.ports.log.error({ incident: incident.id, problem }, 'incident could not be treated')
  }
}

/** One incident, from its findings to a run or a recorded reason for none. */
async function treat(engine: Engine, incident: Incident): Promise<void> {
  const diagnosis = diagnose(engine.ports.engines, { incident, ...sightOf(engine) })
  if (!sameDiagnosis(incident.diagnosis, diagnosis))
    await note(engine, [{ kind: 'diagnosed', diagnosis }], { incident: incident.id })

  const choice = choose(engine, incident, diagnosis)
  if (choice.kind !== 'plan') return noteChoice(engine, incident, choice)

  const { plan } = choice
  const { verdict, ledger } = await ask(engine, { plan, purpose: 'start' })
  if (verdict.answer !== 'allow') return noteNotRun(engine, incident, plan, verdict, ledger)

  await beginRun(engine, plan, ledger)
}

function findingsNow(engine: Engine): ReturnType<typeof detect> {
  const { ports, settings, incidents, startedAt } = engine
  const young = {
    knownSince: ports.knownSince?.() ?? new Map(),
    ...(ports.graceMs !== undefined && { graceMs: ports.graceMs }),
  }
  const open = new Set(incidents.open().flatMap(({ findings }) => findings.map(({ fingerprint }) => fingerprint)))
  return detect({ policies: settings.policies, ...sightOf(engine), ...young, open, startedAt })
}

function choose(engine: Engine, incident: Incident, diagnosis: Diagnosis): Choice {
  const { ports, settings } = engine
  return decide({
    incident,
    diagnosis,
    policies: new Map(settings.policies.map((policy) => [policy.name, policy])),
    remedies: ports.remedies,
    topology: ports.topology(),
    measure: (watched) => measurePlan(engine, { owner: watched.owner, verify: watched }),
    planId: ports.newId('plan'),
    now: ports.clock.now(),
  })
}

async function noteIncident(engine: Engine, change: Change): Promise<void> {
  if (change.do === 'open') {
    const incident = engine.ports.newId('inc')
    const { owner, severity, findings } = change
    const writes = [{ do: 'open-incident' as const, incident, owner }]
    return note(engine, [{ kind: 'incident-opened', owner, severity, findings }], { incident, writes })
  }
  const { incident } = change
  if (change.do === 'update') {
    return note(engine, [{ kind: 'incident-changed', severity: change.severity, findings: change.findings }], {
      incident,
    })
  }
  engine.problems.delete(incident)
  const writes = [{ do: 'close-incident' as const, incident }]
  return note(engine, [{ kind: 'incident-closed', endedBy: change.endedBy }], { incident, writes })
}

/** Rotates by turn, so that no incident starves behind fifty others. */
function leastRecent(engine: Engine, incidents: readonly Incident[]): readonly Incident[] {
  const from = incidents.length > INCIDENTS_PER_TURN ? (engine.loop.turns * INCIDENTS_PER_TURN) % incidents.length : 0
  return [...incidents.slice(from), ...incidents.slice(0, from)]
}

/**
 * Turns until halted: at once when woken, else after `pollMs`. A turn that fails comes again; as long as it fails for
 * the same reason, that is logged once.
 */
export async function runLoop(engine: Engine, untilWoken: (ms: number) => Promise<void>): Promise<void> {
  const { clock, log, pollMs } = engine.ports
  let problem: string | undefined
  while (!engine.halt.signal.aborted) {
    const began = clock.now()
    try {
      await turn(engine)
      problem = undefined
    } catch (thrown) {
      const known = problem
      problem = messageOf(thrown)
      if (problem !== known) log.error({ problem }, 'turn failed')
    }
    engine.loop.turns += 1
    engine.loop.turnMs = clock.now() - began
    await untilWoken(pollMs)
  }
}
