import { endLeftover, startChild, type Child } from './child.ts'
import type { Files } from './files.ts'
import { isFrozen } from './proc.ts'
import { readinessOf } from './readiness.ts'
import type { Effect, Kept, Manifest, Restart, Restarted, State, Stop } from './schema.ts'

/** Restarts whose keys are remembered. */
const KEYS_KEPT = 1000
const EFFECTS_SHOWN = 100

/** The instance is not the one that was meant, or is being stopped: nothing was done. */
export class RefusedError extends Error {}

/** One instance in the shim's care. Restarts and the stop are done one after the other. */
export type Keeper = {
  state(): Promise<State>
  /** Throws RefusedError when the identity is not `ifIdentity` and the key was never done. */
  restart(order: Restart): Promise<Restarted>
  stop(order: Stop): Promise<void>
}

/**
 * Starts the instance, once. Also brings a restart to its end that an earlier shim was killed in: what it left running
 * is ended, the instance starts, and the key counts as done.
 */
export async function keep(manifest: Manifest, files: Files, bootId: string): Promise<Keeper> {
  const { namespace, service, instance, address, dependsOn } = manifest
  const about = { namespace, service, instance, address, dependsOn }
  const readiness = readinessOf(manifest.ready, address)
  const before = files.load()
  let kept: Kept = {
    ...(before ?? { identity: '', startedAtMs: 0, restarts: 0, effects: [], pending: null }),
    ...about,
  }
  let stopping = false
  const adopt = (next: Child): Child => {
    const { identity, startedAtMs } = next
    kept = { ...kept, identity, startedAtMs, ...finished(kept, startedAtMs) }
    files.note(`started ${identity}`)
    return next
  }

  await endLeftover(kept.identity, bootId)
  let child = adopt(await startChild(manifest, files.log, bootId))
  try {
    files.save(kept)
  } catch (thrown) {
    // Nobody would know of it.
    await child.end(0)
    throw thrown
  }

  const isReady = async (asked: Child): Promise<boolean> =>
    asked.exit() === null && !isFrozen(asked.pid) && readiness(asked.identity)
  const state = async (): Promise<State> => {
    const asked = child
    const ready = await isReady(asked)
    const running = child.exit() === null
    const { identity, startedAtMs, restarts, effects } = kept
    const life = { identity, startedAtMs, restarts, effects: effects.slice(-EFFECTS_SHOWN) }
    // An answer of the process before says nothing about the one that is there now.
    return { ...about, ...life, running, ready: ready && running && asked === child, exit: child.exit() }
  }
  const end = async ({ graceMs, force }: Stop): Promise<void> => {
    const answers = !force && (await isReady(child))
    await child.end(answers ? graceMs : 0)
  }
  const restart = async (order: Restart): Promise<Restarted> => {
    if (stopping) throw new RefusedError(`'${instance}' is being stopped`)
    if (kept.effects.some((effect) => effect.key === order.key)) {
      // The first time the disk may have been full: an answer means that the key is kept.
      files.save(kept)
      return { repeated: true, identity: kept.identity }
    }
    if (kept.identity !== order.ifIdentity) {
      throw new RefusedError(`'${instance}' is ${kept.identity} now, not ${order.ifIdentity}`)
    }
    files.save({ ...kept, pending: order.key })
    kept = { ...kept, pending: order.key }
    await end(order)
    child = adopt(await startChild(manifest, files.log, bootId))
    files.save(kept)
    return { repeated: false, identity: kept.identity }
  }
  const stop = async (order: Stop): Promise<void> => {
    stopping = true
    await end(order)
    files.note('stopped')
    files.forget()
  }
  const inTurn = oneByOne()
  return { state, restart: (order) => inTurn(() => restart(order)), stop: (order) => inTurn(() => stop(order)) }
}

/** What starting the instance changes in the books when a restart was under way. */
function finished({ pending, restarts, effects }: Kept, at: number): Partial<Kept> {
  if (pending === null) return {}
  const effect: Effect = { key: pending, at, kind: 'restart' }
  return { pending: null, restarts: restarts + 1, effects: [...effects, effect].slice(-KEYS_KEPT) }
}

/** Runs what it is given one after the other, whatever becomes of each. */
function oneByOne(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve()
  return (work) => {
    const mine = last.then(work)
    last = mine.catch(() => {})
    return mine
  }
}
