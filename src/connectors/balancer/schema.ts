import { z } from 'zod'

/** What a balancer says of one pool at a glance; counts since its start. */
export type PoolSummary = {
  readonly name: string
  /** Where users come in, as `host:port`. */
  readonly address: string
  readonly requests: number
  readonly failed: number
  readonly inFlight: number
  /** What all requests together took. */
  readonly seconds: number
  /** Requests that the balancer itself turned away. */
  readonly limited: number
  /** Backends that get requests. */
  readonly backendsUp: number
  readonly breaker: 'closed' | 'open'
}

const count = z.int().min(0)

/** The answer to `GET /pools`. */
export const Pools: z.ZodType<{ readonly pools: readonly PoolSummary[] }> = z.object({
  pools: z.array(
    z.object({
      name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/),
      address: z.string().regex(/^[^\s/@]+:\d{1,5}$/),
      requests: count,
      failed: count,
      inFlight: count,
      seconds: z.number().min(0),
      limited: count,
      backendsUp: count,
      breaker: z.enum(['closed', 'open']),
    }),
  ),
})
