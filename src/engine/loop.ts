import type { Incident } from '../domain/incident.ts'
import type { Engine } from './engine.ts'
import { noteChoice, noteDiagnosis, noteIncident, noteNotRun } from './notes.ts'
import { ask, beginRun } from './runs.ts'
import { choiceFor, diagnosisOf, findingsNow, incidentChanges } from './stages.ts'
import { eachApart, incidentsToTreat } from './turns.ts'
import { watchClock, watchKillSwitch } from './watch.ts'

/**
 * The whole of Kintsugi on one page:
 *
 *     signals → findings → incidents → diagnosis → plan → verdict → run → assessment → outcome
 *
 * A turn takes no input: it reads the world as it is, so that an event that was seen and one that was missed come to the
 * same. What wakes it (an observation, an alert, an operator) only wakes it.
 */
export async function turn(engine: Engine): Promise<void> {
  await watchClock(engine)
  watchKillSwitch(engine)

  const findings = findingsNow(engine)
  for (const change of incidentChanges(engine, findings)) await noteIncident(engine, change)

  await eachApart(engine, incidentsToTreat(engine), (incident) => treat(engine, incident))
}

/** One incident, from its findings to a run, or to a recorded reason for none. */
async function treat(engine: Engine, incident: Incident): Promise<void> {
  const diagnosis = diagnosisOf(engine, incident)
  await noteDiagnosis(engine, incident, diagnosis)

  const choice = choiceFor(engine, incident, diagnosis)
  if (choice.kind !== 'plan') return noteChoice(engine, incident, choice)

  const { plan } = choice
  const { verdict, ledger } = await ask(engine, { plan, purpose: 'start' })
  if (verdict.answer !== 'allow') return noteNotRun(engine, incident, plan, verdict, ledger)

  // From here the run lives on by itself (`saga/run.ts`): the gates are asked again before each effect, the effect is
  // judged by the users' own signals, the outcome is recorded. Its end wakes the loop, which decides anew: the ladder.
  await beginRun(engine, plan, ledger)
}
