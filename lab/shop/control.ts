import type { Clock } from '../../src/lib/clock.ts'
import type { Json } from '../../src/lib/json.ts'
import { keyOf, recordOf, Refusal, type Body, type Page } from './control-page.ts'
import { nextExpiry, withExpired, withSet, type Held, type Values } from './held-values.ts'

/** Changes whose keys are remembered. */
const KEYS_KEPT = 1000
const LONGEST_HOLD_MS = 24 * 60 * 60 * 1000

/** A {@link Page} that answers at once. */
export type SpecsDocument = {
  get(): object
  post(body: Body): object
  values(): Values
  /** Sets values in the document's own name, to stay; null takes one away. */
  set(values: Values): void
  /** Nothing is taken back any more. */
  close(): void
}

/** Where a document is kept so that another process can go on with it. */
export type Keeping = { readonly load: () => string | undefined; readonly save: (text: string) => void }

export type SpecsOptions = {
  readonly initial: Values
  /** Why a name or value is not taken, in the document as it would be; undefined: it is. A null value takes a name away. */
  readonly check: (name: string, value: Json, next: Values) => string | undefined
  readonly clock: Clock
  /** Called after each change, also by expiry. Must not throw. */
  readonly onChange?: (values: Values) => void
  /** Without it, document, keys and holds end with the process. */
  readonly persist?: Keeping
}

type Kept = Held & {
  /** Who began the count of changes: revisions of two lives of a document never are the same. */
  readonly life: string
  readonly changes: number
  readonly bootId: string
  /** The answers to the last changes, oldest first. */
  readonly answers: readonly (readonly [key: string, revision: string])[]
}

/**
 * A specs document of the control protocol: values under a revision, remembered keys, and holds that the document takes
 * back by itself. A change is kept before it is answered, and before it is in force.
 */
export function specsDocument({ initial, check, clock, onChange, persist }: SpecsOptions): SpecsDocument {
  const closing = new AbortController()
  let kept = loaded(persist, clock) ?? fresh(initial, clock)
  let timer = new AbortController()

  const revision = ({ life, changes }: Kept = kept): string => `${life}-${changes}`
  const become = (held: Held, key?: string): string => {
    const next = { ...kept, ...held, changes: kept.changes + 1 }
    if (key !== undefined) next.answers = [...kept.answers, [key, revision(next)] as const].slice(-KEYS_KEPT)
    persist?.save(JSON.stringify(next))
    kept = next
    schedule()
    onChange?.(kept.values)
    return revision()
  }
  const expire = (): void => {
    const held = withExpired(kept, clock.moment().bootMs)
    if (held === kept) return schedule()
    kept = { ...kept, ...held, changes: kept.changes + 1 }
    try {
      persist?.save(JSON.stringify(kept))
    } catch {
      // On a full disk the file keeps the hold, and whoever loads it takes it back again.
    }
    schedule()
    onChange?.(kept.values)
  }
  const schedule = (): void => {
    timer.abort()
    const mine = (timer = new AbortController())
    const untilMs = nextExpiry(kept)
    if (untilMs === Infinity || closing.signal.aborted) return
    void clock.sleep(untilMs - clock.moment().bootMs, mine.signal).then(() => mine.signal.aborted || expire())
  }
  const post = (body: Body): object => {
    const key = keyOf(body)
    const done = kept.answers.find(([other]) => other === key)
    if (done) return { revision: done[1], repeated: true }
    const values = recordOf(body['values'], 'values')
    const holdMs = holdOf(body)
    if (body['ifRevision'] !== revision()) {
      throw new Refusal(409, `the revision is ${revision()}, not ${String(body['ifRevision'])}`)
    }
    const untilMs = holdMs === undefined ? undefined : clock.moment().bootMs + holdMs
    const next = withSet(kept, values, untilMs)
    for (const [name, value] of Object.entries(values)) {
      const why = check(name, value, next.values)
      if (why !== undefined) throw new Refusal(422, `cannot set '${name}' to ${JSON.stringify(value)}: ${why}`)
    }
    return { revision: become(next, key), repeated: false }
  }
  schedule()
  return {
    get: () => ({ revision: revision(), values: kept.values }),
    post,
    values: () => kept.values,
    set: (values) => void become(withSet(kept, values)),
    close: () => {
      closing.abort()
      timer.abort()
    },
  }
}

function fresh(initial: Values, clock: Clock): Kept {
  const { bootId } = clock.moment()
  return {
    life: clock.now().toString(36),
    changes: 0,
    bootId,
    answers: [],
    ...withSet({ values: {}, holds: {} }, initial),
  }
}

/** After a reboot nobody can say how long a value was held: all are taken back. Throws on a text that it did not write. */
function loaded(persist: Keeping | undefined, clock: Clock): Kept | undefined {
  const text = persist?.load()
  if (text === undefined) return undefined
  const kept = JSON.parse(text) as Kept
  const { bootId, bootMs } = clock.moment()
  const held = withExpired(kept, kept.bootId === bootId ? bootMs : Infinity)
  return held === kept ? kept : { ...kept, ...held, bootId, changes: kept.changes + 1 }
}

function holdOf({ holdMs }: Body): number | undefined {
  if (holdMs === undefined) return undefined
  if (typeof holdMs === 'number' && holdMs > 0 && holdMs <= LONGEST_HOLD_MS) return holdMs
  throw new Refusal(422, `holdMs must be a number from 1 to ${LONGEST_HOLD_MS}`)
}

export type OperationOptions = {
  /** What is known about doing it. */
  readonly facts: () => Values
  /** Does it; a failure is a 500, after which the same key may try again. */
  readonly run: (params: Values) => void | Promise<void>
  /** Why the parameters are not taken; undefined: they are. */
  readonly check?: (params: Values) => string | undefined
  readonly clock: Clock
}

/**
 * An operation of the control protocol, done for one asker after the other. Keys are remembered as long as the process
 * lives; the generation begins with the time of the start, so that it never is the one of an earlier process, and what
 * was meant for that one is refused.
 */
export function operation({ facts, run, check, clock }: OperationOptions): Page {
  const answers = new Map<string, number>()
  let generation = clock.now()
  let last: Promise<unknown> = Promise.resolve()

  const perform = async (body: Body): Promise<object> => {
    const key = keyOf(body)
    const done = answers.get(key)
    if (done !== undefined) return { generation: done, repeated: true }
    const params = recordOf(body['params'], 'params')
    if (body['ifGeneration'] !== generation) {
      throw new Refusal(409, `the generation is ${generation}, not ${String(body['ifGeneration'])}`)
    }
    const why = check?.(params)
    if (why !== undefined) throw new Refusal(422, why)
    await run(params)
    generation += 1
    answers.set(key, generation)
    const [oldest] = answers.keys()
    if (answers.size > KEYS_KEPT && oldest !== undefined) answers.delete(oldest)
    return { generation, repeated: false }
  }
  return {
    get: () => ({ generation, facts: facts() }),
    post: (body) => {
      const mine = last.then(() => perform(body))
      last = mine.catch(() => {})
      return mine
    },
  }
}
