import type { ResourceRef } from '../../../src/domain/resource.ts'
import type { Stand } from './stand.ts'
import type { Symptom } from './symptom.ts'

/** How what is not the language's own is said: times with their zone, and names and words from outside. */
export type Say = {
  /** A moment, with its zone. */
  readonly time: (ms: number) => string
  readonly duration: (ms: number) => string
  /** A name from outside. */
  readonly name: (name: string) => string
  /** Words from outside. */
  readonly text: (text: string) => string
}

/** Something that a sentence speaks of: its name, and whether it was just named, so that a pronoun does. */
export type Thing = { readonly ref: ResourceRef; readonly again: boolean }

/** How sure a cause is, from its confidence. */
export type Surety = 'sure' | 'likely' | 'perhaps'

/** What a sentence is made of. */
export type Telling = {
  readonly owner: ResourceRef
  readonly symptom: Symptom
  /** When what is ahead is expected to come, in epoch milliseconds. */
  readonly dueAt?: number
  /** The incident is over, or quiet: what was wrong is told as past. */
  readonly past: boolean
  readonly cause?: { readonly cause: string; readonly target: ResourceRef; readonly surety: Surety }
  readonly stand: Stand
  /** Nobody can see now what was wrong. */
  readonly unseen: boolean
}

/** One language's way of telling where an incident stands, in one sentence. */
export type Tongue = {
  readonly sentence: (telling: Telling, say: Say) => string
  /** What a remedy does, without saying when: `restart web-1`. */
  readonly deed: (remedy: string, target: Thing, say: Say) => string
  /** A kind of cause on a target, as the reason of something: `db-1 ran out of connections`. */
  readonly cause: (cause: string, target: Thing, say: Say) => string
}

/** The last part of a target's name; with its kind, where that is not one that goes without saying. */
export function shortName(ref: string): { readonly kind?: string; readonly name: string } {
  const [kind, name] = ref.split('/').slice(-2)
  if (kind === undefined || name === undefined || name === '') return { name: ref }
  return PLAIN.has(kind) ? { name } : { kind, name }
}

const PLAIN: ReadonlySet<string> = new Set(['service', 'instance', 'deployment', 'pod', 'statefulset', 'daemonset'])

/** Causes that are not a reason for what is seen, or add nothing to it. */
const NO_REASON: ReadonlySet<string> = new Set([
  'unknown',
  'maintenance-due',
  'limit-ahead',
  'named-by-policy',
  'named-by-alert',
])

/** Whether a cause says why. */
export function isReason(cause: string): boolean {
  return !NO_REASON.has(cause)
}

/** What a sentence has just named once it has said what is wrong, and why. */
export function namedLast({ owner, cause }: Telling): ResourceRef {
  return cause && isReason(cause.cause) ? cause.target : owner
}
