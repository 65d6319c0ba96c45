import { RetryableError } from '../domain/errors.ts'

/** Bytes of bodies, as sent, that are under way at once, and how many bodies. */
export type RoomLimits = { readonly maxBytes?: number; readonly maxBodies?: number }

const MAX_BYTES = 64 * 1024 * 1024
const MAX_BODIES = 64
const RETRY_MS = 1000

/**
 * Room for bodies that are under way: taken before a body is read, and given back by calling the answer, once or more
 * often. Throws RetryableError where there is none.
 */
export function createRoom({ maxBytes = MAX_BYTES, maxBodies = MAX_BODIES }: RoomLimits = {}): (
  bytes: number,
) => () => void {
  let [underWay, bodies] = [0, 0]
  return (bytes) => {
    if (bodies >= maxBodies || underWay + bytes > maxBytes) {
      throw new RetryableError(
        `cannot take ${bytes} bytes more: ${bodies} bodies of ${underWay} bytes are under way; send fewer, or later`,
        { retryAfterMs: RETRY_MS },
      )
    }
    underWay += bytes
    bodies += 1
    let isHeld = true
    return () => {
      if (!isHeld) return
      isHeld = false
      underWay -= bytes
      bodies -= 1
    }
  }
}
