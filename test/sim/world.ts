import type { FakeClock } from '../fakes/fake-clock.ts'
import { ConflictError } from '../../src/domain/errors.ts'
import type { InstanceState } from '../../src/domain/ports.ts'
import type { ResourceRef } from '../../src/domain/resource.ts'
import { FEW, INSTANCES, NORMAL_WEIGHT, serviceOf } from './shop.ts'

/** What ails an instance: it does not serve, until something that cures it is done or its time is over. */
export type Ill = {
  readonly name: string
  readonly curedBy: readonly ('restart' | 'flush' | 'less load')[]
  /** True time at which it passes by itself. */
  readonly endsAtMs: number
  /** A cure that does not hold: so many times more, so long after each restart. */
  readonly relapses?: { readonly times: number; readonly afterMs: number }
}

type Cell = {
  life: number
  running: boolean
  readyAtMs: number
  startedAtMs: number
  weight: number
  revision: number
  ill: Ill | undefined
  readonly keys: Set<string>
}

/** Something that really changed at a target. `key` is that of Kintsugi's write; none means somebody else. */
export type Landing = {
  readonly at: number
  readonly target: ResourceRef
  readonly what: 'restart' | 'weight' | 'flush'
  readonly key?: string
  /** The weight from then on. */
  readonly weight: number
}

/** The truth about the shop, whether anybody sees it or not. */
export type World = {
  readonly landings: readonly Landing[]
  onLanding(listen: (landing: Landing) => void): void
  /** Whether it serves its users: what an honest probe sees. */
  isUp(ref: ResourceRef): boolean
  isRunning(ref: ResourceRef): boolean
  /** What it says of itself: one that runs and does not answer still says that it is ready. */
  state(ref: ResourceRef): InstanceState
  weight(ref: ResourceRef): { readonly weight: number; readonly revision: number }
  /** The share of users' requests that fail: down the dependencies, plus what an effect broke. */
  failedShare(): number

  /** What Kintsugi may do, as an honest target does it: once for a key, and never over a change it does not know. */
  restart(ref: ResourceRef, ifIdentity: string, key: string): void
  setWeight(ref: ResourceRef, weight: number, ifRevision: number, key: string): void
  /** Knows no keys: a repeat is a second effect. */
  flush(ref: ResourceRef, key: string): void

  fallIll(ref: ResourceRef, ill: Ill): void
  /** An effect breaks something else for a while, or until it is taken back. */
  harm(key: string, share: number, forMs: number): void
  /** Somebody else does something, without telling. */
  replaceByHand(ref: ResourceRef): void
  setWeightByHand(ref: ResourceRef, weight: number): void
  /** Everything is well again, without anybody having done anything. */
  makeCalm(): void
}

export function makeWorld(clock: FakeClock): World {
  const cells = new Map<ResourceRef, Cell>()
  const landings: Landing[] = []
  const listeners: ((landing: Landing) => void)[] = []
  const harms = new Map<string, { readonly share: number; readonly endsAtMs: number }>()
  let lives = 0
  const now = (): number => clock.trueMs()
  for (const ref of INSTANCES) {
    const born = { life: ++lives, running: true, readyAtMs: 0, startedAtMs: clock.now() }
    cells.set(ref, { ...born, weight: NORMAL_WEIGHT, revision: 1, ill: undefined, keys: new Set() })
  }
  const cell = (ref: ResourceRef): Cell => {
    const found = cells.get(ref)
    if (!found) throw new Error(`the simulated shop has no ${ref}`)
    return found
  }
  const landed = (target: ResourceRef, what: Landing['what'], key: string | undefined): void => {
    const landing = { at: now(), target, what, weight: cell(target).weight, ...(key !== undefined && { key }) }
    landings.push(landing)
    for (const listen of listeners) listen(landing)
  }
  const isIll = ({ ill, weight }: Cell): boolean =>
    ill !== undefined && now() < ill.endsAtMs && !(ill.curedBy.includes('less load') && weight < NORMAL_WEIGHT)
  const serves = (at: Cell): boolean => at.running && now() >= at.readyAtMs && !isIll(at)

  const renew = (at: Cell): void => {
    at.life = ++lives
    at.running = true
    at.startedAtMs = clock.now()
    at.readyAtMs = now() + 400 + 100 * (lives % 17)
    const { ill } = at
    if (!ill?.curedBy.includes('restart')) return
    at.ill = undefined
    if (!ill.relapses || ill.relapses.times === 0) return
    const { times, afterMs } = ill.relapses
    const again = { ...ill, relapses: { times: times - 1, afterMs } }
    const { life } = at
    clock.after(afterMs, () => {
      if (at.life === life) fall(at, again)
    })
  }
  const fall = (at: Cell, ill: Ill): void => {
    if (now() >= ill.endsAtMs) return
    at.ill = ill
    if (ill.name === 'dead') at.running = false
  }

  return {
    landings,
    onLanding: (listen) => void listeners.push(listen),
    isUp: (ref) => serves(cell(ref)),
    isRunning: (ref) => cell(ref).running,
    state: (ref) => {
      const { life, running, readyAtMs, startedAtMs } = cell(ref)
      return { identity: `life-${life}`, running, ready: running && now() >= readyAtMs, startedAtMs }
    },
    weight: (ref) => ({ weight: cell(ref).weight, revision: cell(ref).revision }),
    fallIll: (ref, ill) => fall(cell(ref), ill),
    harm: (key, share, forMs) => void harms.set(key, { share, endsAtMs: now() + forMs }),

    restart: (ref, ifIdentity, key) => {
      const at = cell(ref)
      if (at.keys.has(key)) return
      if (`life-${at.life}` !== ifIdentity)
        throw new ConflictError(`'${ref}' is life-${at.life} now, not ${ifIdentity}`)
      at.keys.add(key)
      renew(at)
      landed(ref, 'restart', key)
    },
    setWeight: (ref, weight, ifRevision, key) => {
      const at = cell(ref)
      if (at.keys.has(key)) return
      if (at.revision !== ifRevision) throw new ConflictError(`'${ref}' has changed: revision ${at.revision}`)
      at.keys.add(key)
      at.weight = weight
      at.revision++
      harms.delete(key.replace(/\/undo#back$/, ''))
      landed(ref, 'weight', key)
    },
    flush: (ref, key) => {
      const at = cell(ref)
      if (at.ill?.curedBy.includes('flush')) at.ill = undefined
      landed(ref, 'flush', key)
    },

    replaceByHand: (ref) => {
      renew(cell(ref))
      landed(ref, 'restart', undefined)
    },
    setWeightByHand: (ref, weight) => {
      const at = cell(ref)
      at.weight = weight
      at.revision++
      landed(ref, 'weight', undefined)
    },
    failedShare: () => {
      let good = 1
      for (const service of new Set(FEW.map(serviceOf))) {
        const parts = INSTANCES.filter((ref) => serviceOf(ref) === service)
        const all = parts.reduce((sum, ref) => sum + cell(ref).weight, 0)
        const served = parts.filter((ref) => serves(cell(ref)))
        good *= all === 0 ? 0 : served.reduce((sum, ref) => sum + cell(ref).weight, 0) / all
      }
      const harm = [...harms.values()].filter(({ endsAtMs }) => now() < endsAtMs)
      return Math.min(1, 1 - good + harm.reduce((sum, { share }) => sum + share, 0))
    },
    makeCalm: () => {
      harms.clear()
      for (const at of cells.values()) {
        at.ill = undefined
        at.running = true
      }
    },
  }
}
