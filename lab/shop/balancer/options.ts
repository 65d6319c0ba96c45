/** One instance behind a pool. */
export type BackendOptions = {
  readonly name: string
  /** `host:port`. */
  readonly address: string
  /** 0 to 100; default 100. */
  readonly weight?: number
  /**
   * Its instance is stopped until somebody starts it: it gets traffic from the moment its `/healthz` is a 200 until that
   * is a 503, or its port closes.
   */
  readonly standby?: boolean
}

export type PoolOptions = {
  readonly port: number
  readonly backends: readonly BackendOptions[]
  /** How long a backend may take for its whole answer; then 504. */
  readonly timeoutMs: number
  readonly rateLimitRps?: number
  readonly concurrency?: number
}

/** What the balancer is told when it starts, as one JSON argument. */
export type BalancerOptions = {
  readonly instance: string
  readonly service: string
  readonly host: string
  /** Of `/healthz`, `/metrics`, `/pools` and `/pools/NAME`: users never come here. */
  readonly port: number
  /** The shop's folder: a note of the process goes there. */
  readonly dir: string
  readonly pools: Readonly<Record<string, PoolOptions>>
  /** The pool that users come in by: its numbers are also the shop's. Default `web`. */
  readonly front?: string
}
