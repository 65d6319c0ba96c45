import { setTimeout as sleep } from 'node:timers/promises'
import { careFor, type Care } from './care.ts'
import type { Child } from './child.ts'
import type { Files } from './files.ts'
import { signalProcess, takes } from './proc.ts'
import { oneByOne, RefusedError, type Document } from './protocol.ts'
import { replicaDocument } from './replica.ts'
import type { Manifest, Restart, Restarted, State, Stop } from './schema.ts'

const EFFECTS_SHOWN = 100
/** How long an instance that starts may take until a signal no longer ends it. */
const TAKES_WITHIN_MS = 10_000
const TAKES_LOOK_MS = 20

/** One instance in the shim's care. Restarts, scaling and the stop are done one after the other. */
export type Keeper = {
  state(): Promise<State>
  /** Throws RefusedError when the identity is not `ifIdentity` and the key was never done, or when it stands by. */
  restart(order: Restart): Promise<Restarted>
  /** Whether the instance is wanted, where it can stand by. */
  readonly replica: Document | undefined
  stop(order: Stop): Promise<void>
  /** Sends the instance a signal, once it runs so far that it takes it; one that never does is left alone. */
  tell(signal: NodeJS.Signals): void
}

/**
 * Starts the instance, once; one that stands by only when it was asked for. Also brings a restart to its end that an
 * earlier shim was killed in: what it left running is ended, the instance starts, and the key counts as done.
 */
export async function keep(manifest: Manifest, files: Files, bootId: string): Promise<Keeper> {
  const { instance, standby = false } = manifest
  const care = await careFor(manifest, files, bootId)
  await care.settle()
  if (!care.kept().wanted) care.save({})
  let stopping = false

  const restart = async (order: Restart): Promise<Restarted> => {
    const { effects, identity, wanted } = care.kept()
    if (effects.some((effect) => effect.key === order.key)) {
      // The first time the disk may have been full: an answer means that the key is kept.
      care.save({})
      return { repeated: true, identity }
    }
    if (!wanted) throw new RefusedError(`'${instance}' stands by, and nobody asked for it: scale its service`)
    if (identity !== order.ifIdentity) {
      throw new RefusedError(`'${instance}' is ${identity} now, not ${order.ifIdentity}`)
    }
    care.save({ pending: order.key })
    await care.end(order)
    await care.start()
    care.save({})
    return { repeated: false, identity: care.kept().identity }
  }
  const stop = async (order: Stop): Promise<void> => {
    stopping = true
    await care.end(order)
    files.note('stopped')
    files.forget()
  }
  const inTurn = oneByOne()
  const unlessStopping = <T>(work: () => Promise<T>): Promise<T> =>
    inTurn(async () => {
      if (stopping) throw new RefusedError(`'${instance}' is being stopped`)
      return work()
    })
  const replica = replicaDocument({ wish: care.kept, keep: care.save, settle: care.settle })
  return {
    state: () => stateOf(care),
    restart: (order) => unlessStopping(() => restart(order)),
    replica: standby ? { ...replica, patch: (order) => unlessStopping(() => replica.patch(order)) } : undefined,
    stop: (order) => inTurn(() => stop(order)),
    tell: (signal) => void tell(care.child(), signal).catch((thrown: Error) => files.note(thrown.message)),
  }
}

async function tell(child: Child | undefined, signal: NodeJS.Signals): Promise<void> {
  for (const giveUpMs = performance.now() + TAKES_WITHIN_MS; child?.exit() === null; await sleep(TAKES_LOOK_MS)) {
    if (takes(child.pid, signal)) return signalProcess(child.pid, signal)
    if (performance.now() > giveUpMs) throw new Error(`${signal} was not sent: it would end ${child.identity}`)
  }
}

async function stateOf(care: Care): Promise<State> {
  const asked = care.child()
  const ready = asked !== undefined && (await care.isReady(asked))
  const child = care.child()
  const { effects, pending: _pending, replica: _replica, ...known } = care.kept()
  const exit = child?.exit() ?? null
  const running = child !== undefined && exit === null
  // An answer of the process before says nothing about the one that is there now.
  return { ...known, effects: effects.slice(-EFFECTS_SHOWN), running, ready: ready && running && asked === child, exit }
}
