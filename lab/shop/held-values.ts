import type { Json } from '../../src/lib/json.ts'

export type Values = Readonly<Record<string, Json>>

/** A value that holds until `untilMs` (milliseconds since boot), and what the name had before; null: nothing. */
type Hold = { readonly before: Json; readonly untilMs: number }

/** A flat document, and per name the holds on it, the newest last: the value now is what the last one put there. */
export type Held = { readonly values: Values; readonly holds: Readonly<Record<string, readonly Hold[]>> }

/**
 * Sets values; null takes one away. With `untilMs` they are held: a hold on a hold lies over it. Without, they are there
 * to stay, and whatever was held under these names is forgotten.
 */
export function withSet({ values, holds }: Held, set: Values, untilMs?: number): Held {
  const entries = Object.entries(set)
  const over = entries.map(([name]): [string, readonly Hold[]] => [
    name,
    untilMs === undefined ? [] : [...(own(holds, name) ?? []), { before: own(values, name) ?? null, untilMs }],
  ])
  return { values: withoutNull({ ...values, ...set }), holds: withoutEmpty({ ...holds, ...Object.fromEntries(over) }) }
}

/**
 * Takes back what is held no longer. A hold that ran out under another one waits for that; then the name goes back to
 * what it had before both. The same object when nothing ran out.
 */
export function withExpired(held: Held, nowMs: number): Held {
  return Object.entries(held.holds).reduce((all, [name, stack]) => {
    const left = stack.findLastIndex(({ untilMs }) => untilMs > nowMs) + 1
    const [oldest] = stack.slice(left)
    if (!oldest) return all
    return {
      values: withoutNull({ ...all.values, [name]: oldest.before }),
      holds: withoutEmpty({ ...all.holds, [name]: stack.slice(0, left) }),
    }
  }, held)
}

/** When the next value is taken back; Infinity when none is held. */
export function nextExpiry({ holds }: Held): number {
  return Math.min(...Object.values(holds).map((stack) => stack.at(-1)?.untilMs ?? Infinity))
}

/** Names come from outside, and `constructor` is one. */
const own = <T>(record: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(record, name) ? record[name] : undefined

const withoutNull = (values: Values): Values =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null))

const withoutEmpty = (holds: Held['holds']): Held['holds'] =>
  Object.fromEntries(Object.entries(holds).filter(([, stack]) => stack.length > 0))
