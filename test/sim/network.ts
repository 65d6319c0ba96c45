import type { FakeClock } from '../fakes/fake-clock.ts'
import { BlindError, ConflictError, RetryableError, TerminalError } from '../../src/domain/errors.ts'
import type { Instances } from '../../src/domain/ports.ts'
import type { ResourceRef } from '../../src/domain/resource.ts'
import type { Random } from './random.ts'
import type { Call } from './history.ts'
import { INSTANCES } from './shop.ts'
import type { World } from './world.ts'

/** Capability of the simulator's own: how much of the traffic an instance gets. */
export type Weights = {
  read(target: ResourceRef, abort: AbortSignal): Promise<{ readonly weight: number; readonly revision: number }>
  /** Throws ConflictError when the revision is no longer `ifRevision`. The same `key` again does nothing more. */
  set(
    target: ResourceRef,
    change: { readonly weight: number; readonly ifRevision: number; readonly key: string },
    abort: AbortSignal,
  ): Promise<void>
}

/** Capability of the simulator's own, of a target that recognises no repeat. */
export type Cache = { flush(target: ResourceRef, key: string, abort: AbortSignal): Promise<void> }

export type Targets = { readonly instances: Instances; readonly weights: Weights; readonly cache: Cache }

/** What becomes of a write on its way. */
export type WriteFate =
  | 'answered'
  | 'refused'
  | 'lied about'
  | 'landed, no answer'
  | 'lost'
  | 'answered late'
  | 'straggling'
export type ReadFate = 'answered' | 'slow' | 'blind' | 'hangs' | 'lied about'

export type Fates = {
  readonly write: Readonly<Record<WriteFate, number>>
  readonly read: Readonly<Record<ReadFate, number>>
}

export const HONEST: Fates = {
  write: {
    answered: 1,
    refused: 0,
    'lied about': 0,
    'landed, no answer': 0,
    lost: 0,
    'answered late': 0,
    straggling: 0,
  },
  read: { answered: 1, slow: 0, blind: 0, hangs: 0, 'lied about': 0 },
}

export type NetworkPorts = {
  readonly clock: FakeClock
  readonly world: World
  readonly random: Random
  readonly fates: () => Fates
  /** Whether whoever knows the instance has gone silent. */
  readonly isSilent: (target: ResourceRef) => boolean
  /** A write has left: it cannot be called back by a crash. */
  readonly onCall: (call: Pick<Call, 'target' | 'what' | 'key'>) => void
  /** An answer came after the caller had given up waiting. */
  readonly onLate: () => void
}

/** The targets as one life of Kintsugi reaches them: over a network that loses, delays and lies, as the seed says. */
export function targetsOver(x: NetworkPorts): Targets {
  const { world } = x
  return {
    instances: {
      read: (target, abort) =>
        read(x, target, abort, (lie) => ({ ...world.state(target), ...(lie && { ready: true }) })),
      restart: (target, { ifIdentity, key }, abort) =>
        write(x, { what: 'restart', target, key }, abort, () => world.restart(target, ifIdentity, key)),
    },
    weights: {
      read: (target, abort) => read(x, target, abort, () => world.weight(target)),
      set: (target, { weight, ifRevision, key }, abort) =>
        write(x, { what: 'weight', target, key }, abort, () => world.setWeight(target, weight, ifRevision, key)),
    },
    cache: {
      flush: (target, key, abort) => write(x, { what: 'flush', target, key }, abort, () => world.flush(target, key)),
    },
  }
}

function read<T>(x: NetworkPorts, target: ResourceRef, abort: AbortSignal, look: (lie: boolean) => T): Promise<T> {
  const { clock, random } = x
  const blind = (): BlindError => new BlindError(`cannot see '${target}'`)
  if (abort.aborted) return Promise.reject(blind())
  const fate = x.isSilent(target) || !INSTANCES.includes(target) ? 'blind' : random.weighted(x.fates().read)
  return new Promise((resolve, reject) => {
    abort.addEventListener('abort', () => reject(blind()))
    if (fate === 'hangs') return
    clock.after(fate === 'slow' ? random.int(500, 6000) : random.int(1, 40), () => {
      if (fate === 'blind') reject(blind())
      else resolve(look(fate === 'lied about'))
    })
  })
}

const LANDS: ReadonlySet<WriteFate> = new Set<WriteFate>(['answered', 'landed, no answer', 'answered late'])
const GIVEN_UP_MS = 20_000

function write(
  x: NetworkPorts,
  call: Pick<Call, 'target' | 'what' | 'key'>,
  abort: AbortSignal,
  land: () => void,
): Promise<void> {
  const { clock, random } = x
  if (abort.aborted || x.isSilent(call.target)) {
    return Promise.reject(new RetryableError(`cannot reach '${call.target}'`))
  }
  x.onCall(call)
  const fate = random.weighted(x.fates().write)
  return new Promise((resolve, reject) => {
    let isOver = false
    let trouble: unknown
    const arrive = (): void => {
      // A caller that gave up has closed its connection; what was already sent may land all the same.
      if (isOver && fate === 'answered' && random.chance(0.6)) return
      try {
        land()
      } catch (thrown) {
        trouble = thrown
      }
    }
    const answer = (): void => {
      if (isOver) x.onLate()
      if (trouble === undefined) resolve()
      else reject(trouble)
    }
    let straggler = (): void => {
      straggler = () => {}
      arrive()
    }
    abort.addEventListener('abort', () => {
      isOver = true
      if (fate === 'straggling') clock.after(random.int(1, 1500), () => straggler())
      if (random.chance(0.5)) reject(new RetryableError(`no answer from '${call.target}'`))
    })
    const arrivesIn = random.int(2, 200)
    if (fate === 'straggling') clock.after(GIVEN_UP_MS, () => straggler())
    if (LANDS.has(fate)) clock.after(arrivesIn, arrive)
    if (fate === 'answered' || fate === 'lied about') clock.after(arrivesIn + random.int(1, 40), answer)
    if (fate === 'answered late') clock.after(random.int(5000, 16_000), answer)
    if (fate === 'refused') clock.after(arrivesIn, () => reject(refusal(call.target, random)))
  })
}

function refusal(target: ResourceRef, random: Random): Error {
  const kind = random.pick([ConflictError, TerminalError, RetryableError])
  return new kind(`'${target}' refuses, and nothing was done`)
}
