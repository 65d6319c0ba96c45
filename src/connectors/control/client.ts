import { z } from 'zod'
import { BlindError, ConflictError, RetryableError, TerminalError } from '../../domain/errors.ts'
import type { Operations, Specs } from '../../domain/ports.ts'
import type { ResourceRef } from '../../domain/resource.ts'
import { changeCommand } from './by-hand.ts'
import { exchange, placeText, type Exchanged, type Place } from './exchange.ts'
import { Doing, Done, Patched, Spec } from './schema.ts'

/** The page of a target. Throws TerminalError for what is none of this connector's, BlindError for what it cannot find. */
export type PlaceOf = (target: ResourceRef) => Place | Promise<Place>

export type Patience = {
  /** How long a look may take, in milliseconds. Default 1000. */
  readonly readTimeoutMs?: number
  /** How long a change may take; an operation answers once it is done. Default 8000. */
  readonly writeTimeoutMs?: number
}

/**
 * Settings as documents of the control protocol. A read that gets no good answer is a BlindError; a write whose answer
 * is missing is a RetryableError, since it may have landed: the same key finds out.
 */
export function specsAt(placeOf: PlaceOf, patience: Patience = {}): Specs {
  const { readTimeoutMs = 1000, writeTimeoutMs = 8000 } = patience
  return {
    read: async (target, abort) => look(await placeOf(target), Spec, limit(abort, readTimeoutMs)),
    patch: async (target, change, abort) => {
      await write(await placeOf(target), change, Patched, limit(abort, writeTimeoutMs))
    },
    byHand: async (target, change) => {
      const place = await placeOf(target)
      return [changeCommand(place, change, { look: place, says: 'revision', as: 'ifRevision', kind: 'text' })]
    },
  }
}

/** Operations of the control protocol, with the same errors as {@link specsAt}. */
export function operationsAt(placeOf: PlaceOf, patience: Patience = {}): Operations {
  const { readTimeoutMs = 1000, writeTimeoutMs = 8000 } = patience
  return {
    read: async (target, abort) => look(await placeOf(target), Doing, limit(abort, readTimeoutMs)),
    run: async (target, change, abort) => {
      await write(await placeOf(target), change, Done, limit(abort, writeTimeoutMs))
    },
    byHand: async (target, change) => {
      const place = await placeOf(target)
      return [changeCommand(place, change, { look: place, says: 'generation', as: 'ifGeneration', kind: 'number' })]
    },
  }
}

const limit = (abort: AbortSignal, timeoutMs: number): AbortSignal =>
  AbortSignal.any([abort, AbortSignal.timeout(timeoutMs)])

/** What a page says. Throws BlindError on anything but a good answer. */
export async function look<T>(place: Place, schema: z.ZodType<T>, abort: AbortSignal): Promise<T> {
  const asked = `GET ${placeText(place)}`
  const answer = await exchange(place, undefined, abort).catch((cause: unknown) => {
    throw new BlindError(`cannot see ${asked}: no answer`, { cause })
  })
  if (answer.status !== 200) throw new BlindError(`cannot see ${asked}: it answered ${said(answer)}`)
  return understood(answer, schema, (cause) => new BlindError(`cannot read the answer to ${asked}`, { cause }))
}

/**
 * Sends a change to a page. Throws ConflictError on 409, TerminalError on any other refusal (nothing was done), and
 * RetryableError where it may have landed.
 */
async function write(place: Place, change: object, schema: z.ZodType<object>, abort: AbortSignal): Promise<void> {
  const asked = `POST ${placeText(place)}`
  const answer = await exchange(place, change, abort).catch((cause: unknown) => {
    throw new RetryableError(`no answer to ${asked}: it may have been done, the same key finds out`, { cause })
  })
  if (answer.status === 409) throw new ConflictError(`${asked} was refused: ${said(answer)}`)
  if (answer.status >= 400 && answer.status < 500) throw new TerminalError(`${asked} was refused: ${said(answer)}`)
  if (answer.status !== 200) throw new RetryableError(`${asked} was answered with ${said(answer)}`)
  understood(answer, schema, (cause) => new RetryableError(`cannot read the answer to ${asked}`, { cause }))
}

function understood<T>({ body }: Exchanged, schema: z.ZodType<T>, problem: (cause: unknown) => Error): T {
  try {
    return schema.parse(JSON.parse(body))
  } catch (thrown) {
    throw problem(thrown)
  }
}

const Refusal = z.object({ error: z.string() })

/** Status and reason; of a foreign page only its beginning. */
function said({ status, body }: Exchanged): string {
  try {
    return `${status}, ${Refusal.parse(JSON.parse(body)).error}`
  } catch {
    return `${status} ${body.slice(0, 200)}`
  }
}
