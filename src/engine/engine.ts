import { measureNow, type Sight } from '../assess/measure.ts'
import type { EntryBody, NewEntry } from '../domain/entry.ts'
import { messageOf } from '../domain/errors.ts'
import { lastFound } from '../domain/grounds.ts'
import type { Pause, Write } from '../domain/ledger.ts'
import type { Measure, Plan } from '../domain/plan.ts'
import type { Policy } from '../domain/policy.ts'
import type { RecordPort } from '../domain/ports.ts'
import type { Ailment } from '../domain/self.ts'
import { seenUp } from '../domain/signal.ts'
import type { Moment } from '../lib/clock.ts'
import { objectionsText } from '../domain/verdict.ts'
import type { World } from '../gate/gate.ts'
import { kinOf } from '../gate/kin.ts'
import { handsNear } from './hands.ts'
import type { Incidents } from './incidents.ts'
import type { EnginePorts, Settings } from './ports.ts'
import { budgetsNow, type SloBook } from './slo-book.ts'
import type { StormWatch } from './storm.ts'
import type { DayBook } from './views/day.ts'

/** What the engine holds between turns. Everything here can be built again from the record and the world. */
export type Engine = {
  readonly ports: EnginePorts
  readonly incidents: Incidents
  readonly startedAt: number
  /** What was done in the last day. */
  readonly day: DayBook
  settings: Settings
  /** `kintsugi pause`, as the record has it. */
  pause: Pause | undefined
  /** What is wrong with this process, as the record has it. */
  ailing: readonly Ailment[]
  /** Fires for runs under way when somebody freezes; renewed when that ends. */
  freeze: AbortController
  /** Fires when this owner goes down: runs stop where they are, and the successor goes on. */
  readonly halt: AbortController
  /** The moment of the last turn, or of the last entry before this owner. */
  lastMoment: Moment | undefined
  /** Runs under way here, by id. */
  readonly runs: Map<string, Promise<void>>
  /** Incidents in which a proposal is being made, or could not be and is tried again later. */
  readonly proposing: Map<string, Promise<void>>
  /** The causes of late. */
  readonly storm: StormWatch
  /** What was seen of the SLOs that have an error budget. */
  readonly budgets: SloBook
  /** What last went wrong with each incident here, so that it is logged once. */
  readonly problems: Map<string, string>
  readonly loop: { turns: number; turnMs: number; lagMs: number }
  wake(): void
}

export function sightOf({ ports, settings }: Engine): Sight {
  const { windows, alerts, clock } = ports
  const { aliases } = settings
  return { windows, topology: ports.topology(), now: clock.now(), aliases, ...(alerts && { alerts }) }
}

// Settings are a value, replaced whole; every plan asks for its policies.
const policies = new WeakMap<Settings['policies'], ReadonlyMap<string, Policy>>()

/** The policies by name. */
export function policiesOf(settings: Settings): ReadonlyMap<string, Policy> {
  const known = policies.get(settings.policies)
  if (known) return known
  const made = new Map(settings.policies.map((policy) => [policy.name, policy]))
  policies.set(settings.policies, made)
  return made
}

/** The signals of a plan, now. */
export function measurePlan(
  engine: Engine,
  plan: Pick<Plan, 'owner'> & { readonly verify: Pick<Plan['verify'], 'expectations' | 'guards'> },
): Measure {
  return measureNow({ owner: plan.owner, ...plan.verify }, sightOf(engine))
}

/** What the gates are told of the world at this moment. */
export function worldFor(engine: Engine, plan: Plan): World {
  const sight = sightOf(engine)
  const { ports, settings } = engine
  const topology = ports.topology()
  const incident = engine.incidents.get(plan.incident)
  return {
    mode: settings.mode,
    topology,
    policies: policiesOf(settings),
    limits: settings.limits,
    never: settings.never,
    freezeWindows: settings.freezeWindows,
    killSwitch: ports.killSwitch(),
    pause: engine.pause,
    hands: handsNear(engine, kinOf(plan, topology)),
    footing: ports.footing?.() ?? [],
    ailments: ports.ailments?.() ?? [],
    causes: engine.storm.causes,
    budgets: budgetsNow(engine, sight),
    takenOver: incident?.takenOver,
    found: incident && lastFound(incident),
    measure: measurePlan(engine, plan),
    readiness: { get: (ref) => seenUp(sight.windows, ref, sight.now) },
  }
}

/** The record of this engine. */
export function recordOf(engine: Engine): RecordPort {
  return engine.incidents.record
}

/** Why nothing new can be recorded now; undefined when it can. A quiet loop would not find out by itself. */
export async function recordProblem({ ports, incidents }: Engine): Promise<string | undefined> {
  try {
    return (await ports.shortage?.()) ?? incidents.problem()
  } catch (thrown) {
    return messageOf(thrown)
  }
}

/** Writes down facts, and table changes with them, at this moment. */
export async function note(
  engine: Engine,
  bodies: readonly EntryBody[],
  more: {
    readonly incident?: string
    readonly run?: string
    readonly writes?: readonly Write[]
    readonly closing?: boolean
  } = {},
): Promise<void> {
  const { incident, run, writes = [], closing } = more
  const about = { ...(incident !== undefined && { incident }), ...(run !== undefined && { run }) }
  const entries = bodies.map((body): NewEntry => ({ body, ...about }))
  await recordOf(engine).commit({ at: engine.ports.clock.moment(), entries, writes, ...(closing && { closing }) })
  // What the record refused has not happened, and the loop says so.
  for (const body of bodies) logFact(engine, body, about)
}

function logFact({ ports: { log } }: Engine, body: EntryBody, about: object): void {
  const words = body.kind.replaceAll('-', ' ')
  if (body.kind === 'paged') log.error({ reason: body.reason, ...about }, 'a person is needed')
  else if (body.kind === 'incident-opened') log.warn({ owner: body.owner, ...about }, words)
  else if (body.kind === 'incident-closed') log.info({ endedBy: body.endedBy, ...about }, words)
  else if (body.kind === 'decided') log.info({ reason: body.choice.reason, ...about }, words)
  else if (body.kind === 'not-run') log.warn({ because: objectionsText(body.verdict), ...about }, words)
  else if (body.kind === 'proposed') log.warn({ proposal: body.proposal.id, ...about }, words)
  else log.info(about, words)
}
