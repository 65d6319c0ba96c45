import { setTimeout as sleep } from 'node:timers/promises'
import type { ResourceRef } from '../../src/domain/resource.ts'
import type { Random } from '../random.ts'
import { instanceRef, serviceRef } from '../shop/layout.ts'
import type { Ailing, Shop } from '../shop/shop.ts'
import type { Victim } from './victim.ts'

/** What is really wrong, and what helps: known to the lab, never to Kintsugi. */
export type Truth = {
  readonly target: ResourceRef
  /** The durable owner: an effect on it is still inside the cause's lineage. */
  readonly service: ResourceRef
  /** The name of the instance that is broken; where all of a service are, of one of them. */
  readonly instance: string
  /** The cause, in the words of the diagnosis. */
  readonly cause: string
  /** Remedies that heal, and those that do harm. */
  readonly heals: readonly string[]
  readonly harms: readonly string[]
}

/** One fault of fixed intensity, with its own probe, its undo and a time limit. */
export type Fault = {
  readonly name: string
  /** What it breaks, in plain words: for people who choose one. */
  readonly breaks: string
  readonly expected: 'healed' | 'held'
  readonly truth: Truth
  /** Harm comes by and by: the clock runs from the first user who felt it, and not from the injection. */
  readonly comesSlowly?: true
  /** Where it must end held: how many restarts the limits allow, and what they are. */
  readonly held?: HeldExpectation
  /** It outlives this only in error: then it is undone. */
  readonly limitMs: number
  inject(shop: Shop): Promise<void>
  /** Whether the harm is there now, seen without Kintsugi. */
  present(shop: Shop): Promise<boolean>
  /** Moments, after the injection, at which the fault struck again by itself (epoch ms). */
  strikes(shop: Shop): number[]
  /** Takes it back and leaves a shop that serves; safe to repeat. */
  undo(shop: Shop): Promise<void>
}

export type HeldExpectation = {
  readonly allowedRestarts: number
  /** The limit that must hold it is one that only a person opens again. */
  readonly latches: boolean
  /** `perTarget` of this round's limits, where they are not the default. */
  readonly perTarget?: readonly string[]
}

/** Makes a fault; which instance it meets is drawn from the seed. */
export type FaultMaker = (random: Random) => Fault

export function truthOf(instance: string, service: string, rest: Pick<Truth, 'cause' | 'heals' | 'harms'>): Truth {
  return { target: instanceRef(instance), service: serviceRef(service), instance, ...rest }
}

/** A live instance answers the lab within this, even one that burns its CPU. */
const LOOK_TIMEOUT_MS = 1500

/** Whether an instance ails of this; one that does not answer is not seen to be well. */
export async function ails(shop: Shop, instance: string, isIt: (state: Ailing) => boolean): Promise<boolean> {
  const state = await shop.instance(instance).look(LOOK_TIMEOUT_MS)
  return state === undefined || isIt(state)
}

/** A fault inside the program of one instance, which ends with its process. */
export function ailmentOf(
  { name, breaks }: Pick<Fault, 'name' | 'breaks'>,
  { instance, service }: Victim,
  rest: Pick<Truth, 'cause' | 'heals' | 'harms'>,
): Fault {
  const present = (shop: Shop): Promise<boolean> => ails(shop, instance, ({ ailments }) => ailments.includes(name))
  return {
    name,
    breaks,
    expected: 'healed',
    truth: truthOf(instance, service, rest),
    limitMs: 60_000,
    inject: (shop) => shop.instance(instance).ail(name),
    present,
    strikes: () => [],
    undo: async (shop) => {
      if (await present(shop)) await restart(shop, instance)
    },
  }
}

/** How long a fault's own probe waits for a health check: far beyond what a live instance needs. */
export const PRESENT_TIMEOUT_MS = 400

export async function isDeaf(shop: Shop, instance: string): Promise<boolean> {
  return !(await shop.instance(instance).serves(PRESENT_TIMEOUT_MS))
}

/**
 * Starts the instance anew unless it serves, and waits until it does: what undoing comes to once the cause is gone.
 * Throws when it still does not serve after {@link UNDONE_WITHIN_MS}.
 */
export async function restartUnlessServing(shop: Shop, instance: string): Promise<void> {
  if (await isDeaf(shop, instance)) await restart(shop, instance)
}

async function restart(shop: Shop, instance: string): Promise<void> {
  await shop.instance(instance).restart('undo')
  for (const until = Date.now() + UNDONE_WITHIN_MS; Date.now() < until; await sleep(20)) {
    if (!(await isDeaf(shop, instance))) return
  }
  throw new Error(`cannot undo the fault: ${instance} does not serve ${UNDONE_WITHIN_MS} ms after its restart`)
}

const UNDONE_WITHIN_MS = 5000
