import type { EntryBody, EntryKind } from '../../src/domain/entry.ts'
import type { Policy } from '../../src/domain/policy.ts'
import type { AnyAction, Commit, RecordPort } from '../../src/domain/ports.ts'
import type { Series, Windows } from '../../src/domain/signal.ts'
import type { EnginePorts, Settings } from '../../src/engine/ports.ts'
import type { Running } from '../../src/engine/start.ts'
import { ALLOW, type Gate, type Purpose } from '../../src/gate/gate.ts'
import { GATES } from '../../src/gate/registry.ts'
import type { Clock } from '../../src/lib/clock.ts'
import type { OwnedRecord } from '../../src/store/record.ts'
import { APPENDED_BY, WRITES } from './kinds.ts'
import type { Sim } from './state.ts'
import { WAVES_BROKEN } from './wave-mutations.ts'

/** One way to break the engine from outside: it is handed other ports than it asked for. */
export type Mutation = {
  readonly name: string
  ports?(ports: EnginePorts, sim: Sim): EnginePorts
  /** The record itself, before the simulator sees what becomes of a commit. */
  record?(record: OwnedRecord, sim: Sim): OwnedRecord
  onStart?(running: Running): void
}

const names = <Name extends string>(record: Readonly<Record<Name, unknown>>): Name[] => Object.keys(record) as Name[]

/** Every gate answers allow, whatever it is asked. */
function gateMutations(): Mutation[] {
  return GATES.map(({ name }) => ({
    name: `gate ${name} allows`,
    ports: (ports) => ({ ...ports, gates: ports.gates.map((gate) => (gate.name === name ? allowing(gate) : gate)) }),
  }))
}

const allowing = (gate: Gate): Gate => ({ ...gate, ask: () => ALLOW('a mutant') })

/** Every kind of entry is lost; what goes with it in the same commit is not. */
function entryMutations(): Mutation[] {
  const kinds = names(APPENDED_BY).filter((kind) => APPENDED_BY[kind] === 'engine')
  return kinds.map((kind) => ({
    name: `entry ${kind} is not appended`,
    ports: (ports) => committing(ports, (commit) => withoutEntry(commit, kind)),
  }))
}

/** Stands where a table change is left without the entry that explains it: the store takes no change without one. */
const STAND_IN: EntryBody = { kind: 'diagnosed', diagnosis: { hypotheses: [], blastRadius: [] } }

function withoutEntry(commit: Commit, kind: EntryKind): Commit | undefined {
  const entries = commit.entries.filter(({ body }) => body.kind !== kind)
  if (entries.length > 0) return { ...commit, entries }
  return (commit.writes ?? []).length === 0 ? undefined : { ...commit, entries: [{ body: STAND_IN }] }
}

/** Every kind of table change is skipped; the entry that speaks of it is not. */
function writeMutations(): Mutation[] {
  return names(WRITES).map((kind) => ({
    name: `write ${kind} is skipped`,
    ports: (ports) =>
      committing(ports, (commit) => ({
        ...commit,
        writes: (commit.writes ?? []).filter((write) => write.do !== kind),
      })),
  }))
}

/** @param change answers undefined for a commit that is left out */
function committing(ports: EnginePorts, change: (commit: Commit) => Commit | undefined): EnginePorts {
  const commit: RecordPort['commit'] = async (asked) => {
    const changed = change(asked)
    return changed ? ports.record.commit(changed) : 0
  }
  return { ...ports, record: { ...ports.record, commit } }
}

/** Every part of a reversible action that an undo rests on, and of every action that a step rests on. */
function actionMutations(): Mutation[] {
  const acting = (name: string, change: (action: AnyAction) => AnyAction): Mutation => ({
    name: `actions: ${name}`,
    ports: (ports) => ({ ...ports, actions: ports.actions.map(change) }),
  })
  return [
    acting('apply does nothing', (action) => ({ ...action, apply: async () => {} })),
    acting('verify always passes', (action) => ({ ...action, verify: async () => ({ status: 'pass' }) })),
    acting('rollback does nothing', (action) =>
      action.reversibility === 'reversible' ? { ...action, rollback: async () => {}, same: () => true } : action,
    ),
    acting('time-outs never come', (action) => ({
      ...action,
      limits: { ...action.limits, stepTimeoutMs: 1e9, verifyWithinMs: 1e9 },
    })),
    acting('a repeat is taken for safe', (action) => ({ ...action, repeat: 'safe' })),
    acting('abort signals are not passed on', (action) => {
      const deaf = { abort: new AbortController().signal }
      const common = {
        capture: (x: Parameters<AnyAction['capture']>[0]) => action.capture({ ...x, ...deaf }),
        apply: (x: Parameters<AnyAction['apply']>[0]) => action.apply({ ...x, ...deaf }),
        verify: (x: Parameters<AnyAction['verify']>[0]) => action.verify({ ...x, ...deaf }),
      }
      if (action.reversibility !== 'reversible') return { ...action, ...common }
      return { ...action, ...common, rollback: (x) => action.rollback({ ...x, ...deaf }) }
    }),
  ]
}

const PURPOSES: Readonly<Record<Purpose, true>> = { start: true, apply: true, repeat: true, undo: true }

/** A question that is not asked: every gate is taken to have allowed it. */
function askingMutations(): Mutation[] {
  const unasked = (gate: Gate, purpose: Purpose): Gate => ({
    ...gate,
    ask: (input) => (input.purpose === purpose ? ALLOW('a mutant') : gate.ask(input)),
  })
  return [
    ...names(PURPOSES).map((purpose) => ({
      name: `asking: ${purpose} is not asked`,
      ports: (ports: EnginePorts) => ({ ...ports, gates: ports.gates.map((gate) => unasked(gate, purpose)) }),
    })),
    {
      name: 'asking: what once stood in the way of an incident always does',
      ports: (ports) => ({ ...ports, gates: ports.gates.map(unforgiving) }),
    },
  ]
}

/** Objects to every start of an incident to which it objected once. */
function unforgiving(gate: Gate): Gate {
  const objected = new Map<string, ReturnType<Gate['ask']>>()
  return {
    ...gate,
    ask: (input) => {
      if (input.purpose !== 'start') return gate.ask(input)
      const { incident } = input.plan
      const answer = objected.get(incident) ?? gate.ask(input)
      if (answer.answer !== 'allow') objected.set(incident, answer)
      return answer
    },
  }
}

/** What a person is asked, shown, and answers. */
function approvalMutations(): Mutation[] {
  const autonomy = (name: string, ask: (gate: Gate) => Gate['ask']): Mutation => ({
    name: `approval: ${name}`,
    ports: (ports) => ({
      ...ports,
      gates: ports.gates.map((gate) => (gate.name === 'autonomy' ? { ...gate, ask: ask(gate) } : gate)),
    }),
  })
  const somebody = { proposal: 'none', by: 'nobody', reason: 'a mutant', at: 0 }
  return [
    autonomy('autonomy takes every plan for approved', (gate) => (input) => gate.ask({ ...input, approval: somebody })),
    autonomy('is ignored by autonomy', (gate) => (input) => {
      const { approval: _, ...rest } = input
      return gate.ask(rest)
    }),
    {
      name: 'approval: everybody is somebody else',
      ports: (ports) => ({
        ...ports,
        gates: ports.gates.map((gate) => (gate.name === 'approvers' ? credulous(gate) : gate)),
      }),
    },
    {
      name: 'approval: the preview is not compared',
      ports: (ports) => ({ ...ports, actions: ports.actions.map((action) => ({ ...action, same: () => true })) }),
    },
    {
      name: 'approval: proposals do not expire',
      ports: (ports) => ({ ...ports, record: { ...ports.record, commit: patient(ports.record) } }),
    },
  ]
}

/** Two yeses are two people, whoever said them. */
const credulous = (gate: Gate): Gate => ({
  ...gate,
  ask: (input) => {
    const { approval } = input
    return gate.ask(approval?.first ? { ...input, approval: { ...approval, by: 'somebody', person: 'else' } } : input)
  },
})

/** Every proposal is given a year. */
function patient(record: RecordPort): RecordPort['commit'] {
  const YEAR_MS = 365 * 86_400_000
  return (commit) => {
    for (const { body } of commit.entries) {
      if (body.kind === 'proposed') Object.assign(body.proposal, { expiresAt: body.proposal.proposedAt + YEAR_MS })
    }
    return record.commit(commit)
  }
}

/** Every entry of the run log is changed before it is written down: what the run then does is what it says. */
function waveMutations(): Mutation[] {
  return WAVES_BROKEN.map(({ name, change }) => ({
    name: `waves: ${name}`,
    ports: (ports) =>
      committing(ports, (commit) => {
        for (const { body } of commit.entries) change(body)
        return commit
      }),
  }))
}

/** Every part of the configuration that binds, loosened. */
const LOOSENED: Readonly<Record<string, (settings: Settings) => Settings>> = {
  mode: (settings) => ({ ...settings, mode: 'live' }),
  never: (settings) => ({ ...settings, never: [] }),
  freezeWindows: (settings) => ({ ...settings, freezeWindows: [] }),
  perTarget: (settings) => ({ ...settings, limits: { ...settings.limits, perTarget: [] } }),
  minHealthy: (settings) => ({ ...settings, limits: { ...settings.limits, minHealthy: 0 } }),
  approvers: policies(({ approval, ...policy }) => {
    const { approvers: _, ...rest } = approval ?? { above: 1, severities: [], withinMs: 60_000 }
    return { ...policy, approval: rest }
  }),
  autonomy: policies((policy) => ({ ...policy, autonomy: 'auto' })),
  approval: policies((policy) => {
    const { approval: _, ...rest } = policy
    return rest
  }),
  allowIrreversible: policies((policy) => ({ ...policy, allowIrreversible: ['restart-instance', 'flush-cache'] })),
  cooldown: policies((policy) => ({ ...policy, cooldownMs: 0 })),
  backoff: policies((policy) => {
    const { backoff: _, ...rest } = policy
    return rest
  }),
  windows: policies((policy) => {
    const { windows: _, ...rest } = policy
    return rest
  }),
  healthyFor: policies((policy) => ({ ...policy, verify: { ...policy.verify, healthyForMs: 0 } })),
  within: policies((policy) => ({ ...policy, verify: { ...policy.verify, withinMs: 1e9 } })),
  blindFor: policies((policy) => ({ ...policy, verify: { ...policy.verify, blindForMs: 1e9 } })),
  guard: policies((policy) => ({ ...policy, verify: { ...policy.verify, guards: [] } })),
}

function policies(change: (policy: Policy) => Policy): (settings: Settings) => Settings {
  return (settings) => ({ ...settings, policies: settings.policies.map(change) })
}

function settingMutations(): Mutation[] {
  return Object.entries(LOOSENED).map(([name, loosen]) => ({
    name: `settings: ${name} does not bind`,
    ports: (ports) => ({
      ...ports,
      settings: loosen(ports.settings),
      reload: async () => loosen(await ports.reload()),
    }),
  }))
}

/** What the engine is told of time, of the signals and of the record. */
function portMutations(): Mutation[] {
  return [
    {
      name: 'clock: the wall clock is taken for the boot clock',
      ports: (ports) => ({ ...ports, clock: wallOnly(ports.clock) }),
    },
    {
      name: 'windows: what is stale looks fresh',
      ports: (ports) => ({ ...ports, windows: alwaysFresh(ports.windows, ports.clock) }),
    },
    { name: 'kill switch: the file is not read', ports: (ports) => ({ ...ports, killSwitch: () => 'absent' }) },
    {
      name: 'kill switch: a freeze is taken for a pause',
      ports: (ports) => ({
        ...ports,
        killSwitch: () => (ports.killSwitch() === 'freeze' ? 'pause' : ports.killSwitch()),
      }),
    },
    {
      name: 'freeze: the signal does not fire',
      onStart: ({ engine }) => {
        engine.freeze.abort = () => {}
      },
    },
    {
      name: 'recovery: open runs are not taken up',
      ports: (ports) => ({ ...ports, record: { ...ports.record, openRuns: async () => [] } }),
    },
    { name: 'record: acknowledged before it is durable', ports: (ports) => ({ ...ports, record: hasty(ports) }) },
    {
      name: 'record: a refusal is taken for success',
      ports: (ports) => ({ ...ports, record: optimistic(ports.record) }),
    },
    { name: 'record: the epoch is not fenced', record: unfenced() },
    {
      name: 'record: attempts look as if they had been long ago',
      ports: (ports) => ({ ...ports, record: forgiving(ports.record) }),
    },
  ]
}

function wallOnly(clock: Clock): Clock {
  const moment = (): ReturnType<Clock['moment']> => {
    const { wallMs } = clock.moment()
    return { wallMs, bootMs: wallMs, bootId: 'the only one' }
  }
  return { ...clock, moment }
}

function alwaysFresh<T extends Windows>(windows: T, clock: Clock): T {
  const fresh = (series: Series): Series => ({
    metric: series.metric,
    labels: series.labels,
    target: series.target,
    intervalMs: series.intervalMs,
    length: series.length,
    valueAt: (i) => series.valueAt(i),
    timeAt: (i) => (i === series.length - 1 ? clock.now() : series.timeAt(i)),
  })
  return { ...windows, select: (target, metric, matchers) => windows.select(target, metric, matchers).map(fresh) }
}

function hasty({ record, clock }: EnginePorts): RecordPort {
  const commit: RecordPort['commit'] = async (asked) => {
    void clock
      .sleep(300)
      .then(() => record.commit(asked))
      .catch(() => {})
    return 0
  }
  return { ...record, commit }
}

function optimistic(record: RecordPort): RecordPort {
  return { ...record, commit: (asked) => record.commit(asked).catch(() => 0) }
}

/** Whoever has a successor writes by its hand. */
function unfenced(): NonNullable<Mutation['record']> {
  const newest = new WeakMap<Sim, OwnedRecord>()
  return (record, sim) => {
    newest.set(sim, record)
    const commit: RecordPort['commit'] = async (asked) => {
      const owner = newest.get(sim)
      // Where the owner is gone too, the fence holds.
      if (!owner || owner === record) return record.commit(asked)
      return owner.commit(asked).catch(() => record.commit(asked))
    }
    return { ...record, commit }
  }
}

function forgiving(record: RecordPort): RecordPort {
  return { ...record, ledger: async (...asked) => ({ ...(await record.ledger(...asked)), attempts: [] }) }
}

/** Every mutant there is, generated from what the engine is made of. */
export const MUTATIONS: readonly Mutation[] = [
  ...gateMutations(),
  ...entryMutations(),
  ...writeMutations(),
  ...actionMutations(),
  ...askingMutations(),
  ...approvalMutations(),
  ...settingMutations(),
  ...waveMutations(),
  ...portMutations(),
]
