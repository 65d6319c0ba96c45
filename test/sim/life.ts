import { DIAGNOSIS_ENGINES } from '../../src/diagnose/registry.ts'
import { ConflictError, messageOf, RecordUnwritableError, RetryableError, UsageError } from '../../src/domain/errors.ts'
import type { Commit, RecordPort } from '../../src/domain/ports.ts'
import type { EnginePorts } from '../../src/engine/ports.ts'
import { startEngine } from '../../src/engine/start.ts'
import { GATES } from '../../src/gate/registry.ts'
import { idMaker } from '../../src/lib/ids.ts'
import { createWindows } from '../../src/signals/windows.ts'
import { openRecord, type OwnedRecord } from '../../src/store/record.ts'
import { simActions } from './actions.ts'
import { placeOfRun, type Crashes } from './crashes.ts'
import { handsSeen } from './hands.ts'
import type { Mutation } from './mutations.ts'
import { targetsOver } from './network.ts'
import type { Random } from './random.ts'
import { SIM_REMEDIES } from './remedies.ts'
import { TOPOLOGY } from './shop.ts'
import type { Life, Sim } from './state.ts'
import { makeStillness } from './stillness.ts'

const POLL_MS = 1000
const LOOK_EVERY_MS = 1000

export type LifePorts = {
  readonly sim: Sim
  readonly folder: string
  readonly random: Random
  readonly crashes: Crashes
  readonly mutation?: Mutation
  /** The engine logged a problem that it has no name for. */
  readonly onProblem: (problem: string) => void
}

/** One for each that asks: what waits for a promise that others hold lives as long as they. */
const never = (): Promise<never> => new Promise(() => {})

/**
 * One incarnation of the process: the real engine on the record of the one before it. Whatever it is given goes through
 * a guard that answers no more once it is dead, so that it has no further effect; what it sent before is on its way.
 * `bury` frees what the dead process held, as the kernel would.
 */
export async function beginLife(n: number, x: LifePorts): Promise<{ readonly life: Life; bury(): Promise<void> }> {
  const { sim, folder, crashes } = x
  const { clock } = sim
  const life: Life = {
    n,
    isDead: false,
    bornAt: clock.trueMs(),
    inFlight: 0,
    die: (why) => {
      if (life.isDead) return
      life.isDead = true
      sim.say(`life ${n} dies: ${why}`)
    },
    stillness: makeStillness(clock),
    freeze: (forMs) => {
      if (life.isDead || life.stillness.isStill()) return
      sim.say(`life ${n} stands still for ${forMs} ms`)
      const isInApply = isAtEffect(sim)
      life.stillness.stop(forMs, () => goOn(life, x, isInApply))
    },
  }
  sim.life = life
  sim.sight.forget()
  let record: OwnedRecord | undefined
  const bury = async (): Promise<void> => {
    await record?.close()
    sim.history.pull()
  }
  try {
    const hook = crashes.hookOf(life)
    const options = { folder, hook, moment: () => clock.moment(), inProcess: true, reserveBytes: 0 }
    const opened = await openRecord({ ...options, synchronous: 'off' })
    record = x.mutation?.record?.(opened, sim) ?? opened
  } catch (thrown) {
    if (!life.isDead) throw thrown
    return { life, bury }
  }
  sim.history.pull()
  sim.adopted = { settings: sim.settingsOf(sim.config), since: clock.trueMs() }
  const ports = mutated(portsOf(life, record, x), x)
  startEngine(ports).then(
    (running) => {
      life.running = running
      life.startedAt = clock.trueMs()
      x.mutation?.onStart?.(running)
    },
    (thrown: unknown) => {
      if (!(thrown instanceof RecordUnwritableError)) x.onProblem(`start: ${messageOf(thrown)}`)
      life.die(`it cannot start: ${messageOf(thrown)}`)
    },
  )
  return { life, bury }
}

/** How long a fenced owner goes on before somebody ends it. */
const FENCED_MS = 25_000

function goOn(life: Life, { sim }: LifePorts, isInApply: boolean): void {
  if (life.isDead) return
  sim.say(`life ${life.n} goes on`)
  if (isInApply && sim.life !== life && sim.life?.startedAt !== undefined) sim.counters.count('frozen in apply')
  sim.clock.after(FENCED_MS, () => life.die('it is fenced, and somebody ends it'))
}

/** Whether an effect is under way: begun, and nothing known of it. */
function isAtEffect({ history }: Sim): boolean {
  return [...history.runs.values()].some(({ ended, state }) => {
    const place = ended ? undefined : placeOfRun(state.steps, state.undos)
    return place === 'apply' || place === 'undo'
  })
}

function mutated(ports: EnginePorts, { mutation, sim }: LifePorts): EnginePorts {
  return mutation?.ports?.(ports, sim) ?? ports
}

function portsOf(life: Life, record: OwnedRecord, x: LifePorts): EnginePorts {
  const { sim, random } = x
  const { clock } = sim
  const guard = guardOf(life)
  const targets = guardedTargets(life, x)
  const windows = createWindows()
  const look = (): void => {
    if (life.isDead) return
    clock.after(LOOK_EVERY_MS, look)
    if (life.stillness.isStill()) return
    for (const observation of sim.sight.look(sim.life === life ? 'owner' : 'another')) windows.add(observation)
    life.running?.operator.wake()
  }
  clock.after(random.int(0, LOOK_EVERY_MS), look)
  return {
    version: 'sim',
    record: guardedRecord(life, record, x),
    clock: { ...clock, sleep: (ms, abort) => guard(() => clock.sleep(ms, abort)) },
    newId: idMaker(clock.now, (count) => random.bytes(count)),
    log: {
      debug: () => {},
      info: () => {},
      warn: () => {},
      error: (fields, message) => logged(life, x, fields, message),
    },
    windows,
    unusual: () => sim.unusual,
    topology: () => TOPOLOGY,
    tools: () => ({ instances: targets.instances }),
    footing: () => sim.footing,
    ailments: () => sim.ailing.ailments,
    hands: () => handsSeen(sim),
    killSwitch: () => sim.killFile,
    sources: () => [],
    settings: sim.settingsOf(sim.config),
    reload: () => guard(async () => sim.settingsOf(sim.config)),
    gates: GATES,
    actions: simActions(targets),
    remedies: SIM_REMEDIES,
    engines: DIAGNOSIS_ENGINES,
    pollMs: POLL_MS,
  }
}

type Guard = <T>(act: () => Promise<T>) => Promise<T>

/** A dead process asks nothing and hears nothing; one that stands still hears later. */
function guardOf(life: Life): Guard {
  return (act) => {
    if (life.isDead) return never()
    return new Promise((resolve, reject) => {
      const hear = (say: () => void): void => life.stillness.hear(() => void (life.isDead || say()))
      act().then(
        (value) => hear(() => resolve(value)),
        (thrown: unknown) => hear(() => reject(thrown)),
      )
    })
  }
}

function guardedTargets(life: Life, { sim, random }: LifePorts): ReturnType<typeof targetsOver> {
  const guard = guardOf(life)
  const { instances, weights, cache } = targetsOver({
    clock: sim.clock,
    world: sim.world,
    random,
    fates: () => sim.fates,
    isSilent: (target) => sim.sight.isSilent(`process ${target}`),
    onCall: (call) => sim.history.called({ ...call, life: life.n }),
    onLate: () => sim.counters.count('late answer'),
  })
  return {
    instances: {
      read: (target, abort) => guard(() => instances.read(target, abort)),
      restart: (target, change, abort) => guard(() => instances.restart(target, change, abort)),
    },
    weights: {
      read: (target, abort) => guard(() => weights.read(target, abort)),
      set: (target, change, abort) => guard(() => weights.set(target, change, abort)),
    },
    cache: { flush: (target, key, abort) => guard(() => cache.flush(target, key, abort)) },
  }
}

function guardedRecord(life: Life, record: OwnedRecord, { sim, random, crashes }: LifePorts): RecordPort {
  const guard = guardOf(life)
  let answers: Promise<void> = Promise.resolve()
  const commit = async (commit: Commit): Promise<number> => {
    const { state } = sim.store
    if (state === 'broken' || (state === 'full' && !commit.closing)) {
      throw new RecordUnwritableError('cannot write the record: the simulated disk refuses')
    }
    if (sim.life === life) crashes.beforeCommit(life, commit)
    const seq = await record.commit(commit)
    if (life.isDead) return never()
    sim.history.committed(life.n)
    sim.history.pull()
    // The answer of a slow disk: it is durable, and nobody knows yet. Answers keep their order.
    const slowMs = random.chance(0.1) ? random.int(1, 25) : 0
    answers = answers.then(() => (slowMs > 0 ? sim.clock.sleep(slowMs) : undefined))
    await answers
    return seq
  }
  return {
    epoch: record.epoch,
    entries: (query) => guard(() => record.entries(query)),
    ledger: (owner, resources) => guard(() => record.ledger(owner, resources)),
    attempts: (query) => guard(() => record.attempts(query)),
    openRuns: () => guard(() => record.openRuns()),
    runs: (query) => guard(() => record.runs(query)),
    openIncidents: () => guard(() => record.openIncidents()),
    incidents: (query) => guard(() => record.incidents(query)),
    proposals: (query) => guard(() => record.proposals(query)),
    alerts: () => guard(() => record.alerts()),
    commit: async (change) => {
      life.inFlight++
      try {
        return await guard(() => commit(change))
      } finally {
        life.inFlight--
      }
    },
    close: async () => {},
  }
}

/** While the disk refuses, the engine complains, and may. */
function logged(life: Life, { sim, onProblem }: LifePorts, fields: object, message: string): void {
  const problem = 'problem' in fields ? String(fields.problem) : ''
  sim.say(`life ${life.n} logs: ${message} ${problem}`)
  if (message === 'a person is needed' || problem.includes('simulated disk')) return
  if (sim.life !== life && problem.includes('only the newest owner writes')) return
  onProblem(`${message}: ${problem}`)
}

/** What the engine threw at a person that is no bug: not now, nothing to do, or no longer as it was. */
export function isExcusable(thrown: unknown): boolean {
  return [RetryableError, UsageError, ConflictError].some((kind) => thrown instanceof kind)
}
