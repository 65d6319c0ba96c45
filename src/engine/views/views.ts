import type { ByHand } from '../../domain/action.ts'
import type { Entry } from '../../domain/entry.ts'
import { openWindows } from '../../domain/freeze-window.ts'
import type { Incident } from '../../domain/incident.ts'
import type { AnyAction } from '../../domain/ports.ts'
import type {
  IncidentView,
  Overview,
  PauseView,
  PlanView,
  PolicyView,
  Story,
  TargetView,
  Views,
} from '../../domain/view.ts'
import { recordOf, sightOf, type Engine } from '../engine.ts'
import { handsNear } from '../hands.ts'
import { budgetsOf } from './budgets.ts'
import { HOUR_MS, mergedChanges, recordedChanges } from './changes.ts'
import { chartsOf, mergedCharts, type Range } from './charts.ts'
import { momentsOf } from './moments.ts'
import { needsOf, touchedOf } from './overview.ts'
import { pauseViews } from './pauses.ts'
import { policyViews } from './policies.ts'
import { seenChanges } from './seen-changes.ts'
import { beforeOf, planView } from './steps.ts'
import { targetViews } from './targets.ts'
import { watchedIn } from './watched.ts'
import { openProposal, plansTold, type PlanTold } from './told.ts'

/** What the engine shows, made anew for each question. */
export function viewsOf(engine: Engine): Views {
  return {
    overview: () => overview(engine),
    incident: (story) => incidentView(engine, story),
    plans: (story) => planViews(engine, plansTold(story.entries)),
    targets: () => targets(engine),
    policies: () => policies(engine),
    pauses: () => pauses(engine),
    loud: async () => engine.ports.loud?.() ?? [],
  }
}

const DAY_MS = 24 * HOUR_MS
/** More attempts than any limit that people write counts. */
const MOST_ATTEMPTS = 1000
const MOST_BUDGETS = 50

async function overview(engine: Engine): Promise<Overview> {
  const { incidents, settings, ports, runs, day } = engine
  const reader = recordOf(engine)
  const open = incidents.open()
  const now = ports.clock.moment()
  const [ledger, attempts, touched, deeds] = await Promise.all([
    reader.ledger(NOBODY),
    reader.attempts({ limit: MOST_ATTEMPTS }),
    touchedOf(reader, open),
    day.day(now.wallMs),
  ])
  const spent = attempts.filter(({ shadow }) => shadow === (settings.mode === 'shadow'))
  const unmapped = (ports.alerts?.all() ?? []).filter(({ aim }) => aim.kind === 'unmapped')
  return {
    ...(await needsOf(reader, open, ledger, new Set(runs.keys()))),
    ...touched,
    day: { from: now.wallMs - DAY_MS, to: now.wallMs, ...deeds, unmapped: unmapped.length },
    budgets: budgetsOf(spent, settings.limits.perTarget, ledger.latches, now).slice(0, MOST_BUDGETS),
  }
}

/** Holds, latches and locks are the same for all owners. */
const NOBODY = 'kintsugi:none/none/none'

async function incidentView(engine: Engine, { incident, entries }: Story): Promise<IncidentView> {
  const told = plansTold(entries)
  const proposal = openProposal(entries)
  const kept = keptIn(entries)
  const sight = sightOf(engine)
  const range = rangeOf(incident, sight.now)
  return {
    incident,
    entries,
    ...(proposal && { proposal }),
    plans: await planViews(engine, told),
    charts: mergedCharts(kept.charts, chartsOf(watchedIn(entries, engine.settings), sight, range), range.points),
    moments: momentsOf(entries),
    changes: mergedChanges(
      await recordedChanges(recordOf(engine), incident, entries, sight.topology),
      seenChanges(incident, sight),
      kept.changes,
    ),
  }
}

/** After its end, an incident is shown for as long as it takes to see that it stayed well. */
const AFTER_MS = 300_000
const MOST_POINTS = 300

function rangeOf({ openedAt, closedAt }: Incident, now: number): Range {
  const to = closedAt === undefined ? now : Math.min(now, closedAt + AFTER_MS)
  return { from: openedAt - HOUR_MS, to, points: MOST_POINTS }
}

/** What its entries kept of charts and changes, oldest first. */
function keptIn(entries: readonly Entry[]): Pick<IncidentView, 'charts' | 'changes'> {
  const kept = entries.flatMap(({ body }) => (body?.kind === 'charted' ? [body] : []))
  return { charts: kept.flatMap(({ charts }) => charts), changes: kept.flatMap(({ changes }) => changes) }
}

/** So many plans are asked how a person would do them: the newest, and all that ran. */
const MOST_BY_HAND = 3

async function planViews(engine: Engine, told: readonly PlanTold[]): Promise<PlanView[]> {
  const byName = new Map(engine.ports.actions.map((action) => [action.name, action]))
  const action = (name: string): AnyAction | undefined => byName.get(name)
  const asked = told.filter(({ run }, i) => i < MOST_BY_HAND || run !== undefined)
  const hands = new Map((await Promise.all(asked.map((plan) => handsOf(engine, plan, action)))).flat())
  const byHand = (plan: string, step: string): ByHand | undefined => hands.get(`${plan} ${step}`)
  return told.map((plan) => planView(plan, { now: engine.ports.clock.now(), action, byHand }))
}

async function handsOf(
  { ports }: Engine,
  told: PlanTold,
  action: (name: string) => AnyAction | undefined,
): Promise<[string, ByHand][]> {
  return Promise.all(
    told.plan.steps.map(async (step): Promise<[string, ByHand]> => {
      const before = beforeOf(told, step.name)
      const abort = AbortSignal.timeout(BY_HAND_MS)
      const asked = {
        params: step.params,
        tools: ports.tools(step.target),
        abort,
        ...(before !== undefined && { before }),
      }
      // Whoever does not know how says nothing.
      const hand = await action(step.action)
        ?.byHand?.(asked)
        .catch(() => undefined)
      return [`${told.plan.id} ${step.name}`, hand ?? { apply: [], undo: [] }]
    }),
  )
}

const BY_HAND_MS = 1000

async function targets(engine: Engine): Promise<TargetView[]> {
  const { ports, settings, incidents, runs } = engine
  return targetViews({
    topology: ports.topology(),
    policies: settings.policies,
    incidents: incidents.open(),
    ledger: await recordOf(engine).ledger(NOBODY),
    openRuns: new Set(runs.keys()),
    now: ports.clock.moment(),
  })
}

async function policies(engine: Engine): Promise<PolicyView[]> {
  const { ports, settings } = engine
  const { mode, aliases, never, freezeWindows } = settings
  const { latches } = await recordOf(engine).ledger(NOBODY)
  const actions = new Map(ports.actions.map((action) => [action.name, action]))
  const remedies = new Map(ports.remedies.map((remedy) => [remedy.name, remedy]))
  const isLasting = (name: string): boolean => {
    const reversibility = actions.get(name)?.reversibility
    return reversibility === 'irreversible' || reversibility === 'external'
  }
  return policyViews({
    mode,
    paused: engine.pause !== undefined || ports.killSwitch() !== 'absent',
    policies: settings.policies,
    aliases,
    topology: ports.topology(),
    never,
    frozen: openWindows(freezeWindows, ports.clock.now()),
    latches,
    now: ports.clock.now(),
    lastingOf: (remedy) => [remedies.get(remedy)?.action ?? remedy].filter(isLasting),
  })
}

async function pauses(engine: Engine): Promise<PauseView[]> {
  const { ports, settings, incidents, runs, pause } = engine
  const { policies, freezeWindows, limits } = settings
  return pauseViews({
    pause,
    killSwitch: ports.killSwitch(),
    ailments: ports.ailments?.() ?? [],
    policies,
    freezeWindows,
    limits,
    ledger: await recordOf(engine).ledger(NOBODY),
    incidents: incidents.open(),
    hands: handsNear(engine),
    openRuns: new Set(runs.keys()),
    now: ports.clock.moment(),
  })
}
