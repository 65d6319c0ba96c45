import { messageOf } from '../domain/errors.ts'
import type { Operator } from '../domain/operator.ts'
import { note, type Engine } from './engine.ts'

const AGAIN_MS = 3_600_000
/** Beyond so many, whoever asks anew is written down only when an hour is over. */
const MOST = 1000

/** Writes refusals down, each who and what once an hour: a record that anybody could fill would be worth nothing. */
export function refusalNotes(engine: Engine): Operator['refused'] {
  const told = new Map<string, number>()
  return ({ by, who, what, reason }) => {
    const now = engine.ports.clock.moment().bootMs
    for (const [key, at] of told) if (now - at >= AGAIN_MS) told.delete(key)
    const key = JSON.stringify([who?.person ?? by, what])
    if (told.has(key) || told.size >= MOST) return
    told.set(key, now)
    const body = { kind: 'access-refused' as const, by, ...(who && { person: who.person }), what, reason }
    note(engine, [body]).catch((thrown: unknown) => {
      told.delete(key)
      engine.ports.log.warn({ problem: messageOf(thrown) }, 'a refusal could not be recorded')
    })
  }
}
