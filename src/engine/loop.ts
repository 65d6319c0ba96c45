import type { Elsewhere } from '../domain/finding.ts'
import type { Incident } from '../domain/incident.ts'
import { wantsOnlyApproval } from '../domain/verdict.ts'
import { sightOf, type Engine } from './engine.ts'
import { noteChoice, noteDiagnosis, noteIncidents, noteNotRun } from './notes.ts'
import { watchChoice } from './proof/choice.ts'
import { beginProposal, expireProposals, reviewProposal } from './proposals.ts'
import { ask, beginRun } from './runs.ts'
import { watchBudgets } from './slo-book.ts'
import { choiceFor, diagnosisOf, findingsNow, incidentChanges, othersOf } from './stages.ts'
import { watchStorm } from './storm.ts'
import { allNoted, eachApart, incidentsToTreat, type Later } from './turns.ts'
import { watchSelf } from './self/ailing.ts'
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
  await watchSelf(engine)

  const findings = await findingsNow(engine)
  await allNoted(noteIncidents(engine, incidentChanges(engine, findings)))
  await allNoted(expireProposals(engine))

  const others = othersOf(engine)
  watchBudgets(engine, sightOf(engine))
  await watchStorm(engine, others)
  await eachApart(engine, incidentsToTreat(engine), (incident, later) =>
    treat(engine, incident, others(incident), later),
  )
}

/**
 * One incident, from its findings to a run, or to a recorded reason for none. What is only told is written down together
 * with what is told of others; what is begun is on record before anything else is asked.
 */
async function treat(engine: Engine, incident: Incident, elsewhere: Elsewhere, later: Later): Promise<void> {
  const watched = watchChoice(engine, incident, elsewhere)
  const diagnosis = diagnosisOf(watched.engine, incident, watched.elsewhere)
  later(noteDiagnosis(engine, incident, diagnosis))

  const choice = choiceFor(watched.engine, incident, diagnosis, watched.elsewhere)
  if (incident.proposal) return later(reviewProposal(engine, incident, incident.proposal, choice))
  if (choice.kind !== 'plan') return later(noteChoice(engine, incident, choice))

  const { plan } = choice
  watched.ledTo(plan)
  const { verdict, ledger } = await ask(engine, { plan, purpose: 'start' })
  if (wantsOnlyApproval(verdict)) return beginProposal(engine, plan, verdict)
  if (verdict.answer !== 'allow') return later(noteNotRun(engine, incident, plan, verdict, ledger))

  // From here the run lives on by itself (`saga/run.ts`): the gates are asked again before each effect, the effect is
  // judged by the users' own signals, the outcome is recorded. Its end wakes the loop, which decides anew: the ladder.
  await beginRun(engine, plan, { verdict, ledger })
}
