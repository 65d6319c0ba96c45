import type { PolicyTest, Wanted } from '../../config/policy-tests.ts'
import type { Alert } from '../../domain/alert.ts'
import type { Sample } from '../../domain/signal.ts'
import { fingerprintOf, sortedLabels } from '../../signals/fingerprint.ts'
import type { AlertBook } from '../alerts/book.ts'
import type { Engine } from '../engine.ts'
import { noteIncidents } from '../notes.ts'
import { ask } from '../runs.ts'
import { simulatedEngine, type Subject } from '../simulated.ts'
import { choiceFor, diagnosisOf, findingsNow, incidentChanges, othersOf } from '../stages.ts'
import { allNoted } from '../turns.ts'
import { missOf, type Decision, type Miss } from './judge.ts'
import { recordOfNothing } from './nothing.ts'

/** What one test came to; without misses it has passed. */
export type Played = { readonly name: string; readonly misses: readonly Miss[] }

/**
 * Lets a test's time pass, and asks the stages at each of its expectations what they would decide then. Nothing is ever
 * begun: an earlier decision spends no attempt, heals nothing and stands in no later one's way.
 */
export async function playTest(test: PolicyTest, subject: Subject): Promise<Played> {
  const { engine, windows, alerts, setTime, setTargets } = await simulatedEngine(
    subject,
    recordOfNothing(),
    test.startMs,
  )
  setTargets(test.targets)
  const misses: Miss[] = []
  for (const atMs of momentsOf(test)) {
    setTime(test.startMs + atMs)
    windows.add({ source: 'test', intervalMs: test.intervalMs, samples: samplesAt(test, atMs) })
    await alerts.receive(alertsAt(test, atMs, alerts))
    await allNoted(noteIncidents(engine, incidentChanges(engine, await findingsNow(engine))))
    misses.push(...(await missesAt(test, atMs, engine)))
  }
  return { name: test.name, misses }
}

async function missesAt(test: PolicyTest, atMs: number, engine: Engine): Promise<Miss[]> {
  const due = test.expect.filter((wanted) => wanted.atMs === atMs)
  const decisions = due.length === 0 ? [] : await decisionsNow(engine)
  return due.flatMap((wanted: Wanted) => missOf(wanted, decisions) ?? [])
}

async function decisionsNow(engine: Engine): Promise<Decision[]> {
  const others = othersOf(engine)
  const decisions: Decision[] = []
  for (const incident of engine.incidents.open()) {
    // It waits for its end: nothing is wrong in it now.
    if (incident.findings.length === 0) continue
    const elsewhere = others(incident)
    const choice = choiceFor(engine, incident, diagnosisOf(engine, incident, elsewhere), elsewhere)
    const asked = choice.kind === 'plan' ? await ask(engine, { plan: choice.plan, purpose: 'start' }) : undefined
    decisions.push({ incident, choice, ...(asked && { verdict: asked.verdict }) })
  }
  return decisions
}

/** Every moment at which something comes or is asked, in order; what comes after the last question is left out. */
function momentsOf({ intervalMs, signals, alerts, expect }: PolicyTest): number[] {
  const asked = expect.map(({ atMs }) => atMs)
  const endMs = Math.max(...asked)
  const count = Math.max(0, ...signals.map(({ values }) => values.length))
  const seen = Array.from({ length: count }, (_, i) => i * intervalMs)
  const all = new Set([...seen, ...alerts.map(({ atMs }) => atMs), ...asked])
  return [...all].filter((atMs) => atMs <= endMs).sort((a, b) => a - b)
}

function samplesAt({ intervalMs, startMs, signals }: PolicyTest, atMs: number): Sample[] {
  return signals.flatMap(({ values, ...series }) => {
    const value = atMs % intervalMs === 0 ? values[atMs / intervalMs] : undefined
    return value === undefined ? [] : [{ ...series, at: startMs + atMs, value }]
  })
}

function alertsAt({ startMs, alerts }: PolicyTest, atMs: number, book: AlertBook): Alert[] {
  const now = startMs + atMs
  return alerts
    .filter((alert) => alert.atMs === atMs)
    .map(({ labels: given, status }) => {
      const labels = sortedLabels(given)
      const fingerprint = fingerprintOf(labels)
      const before = book.all().find((one) => one.fingerprint === fingerprint && one.status === 'firing')
      const times = {
        startsAt: before?.startsAt ?? now,
        receivedAt: now,
        ...(status === 'resolved' && { endsAt: now }),
      }
      return { fingerprint, status, labels, annotations: {}, source: 'test', ...times }
    })
}
