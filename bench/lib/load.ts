import { fork } from 'node:child_process'
import { once } from 'node:events'
import { siblingEntry } from '../../src/lib/entry.ts'

/** Distinct alerts as Prometheus posts them. */
export type LoadPlan = {
  readonly port: number
  readonly path: string
  readonly connections: number
  /** Distinct alerts in all, and in one request. */
  readonly alerts: number
  readonly batch: number
  /** Tells the alerts of one load from those of another. */
  readonly series: string
  /** Over so long, evenly; absent: as fast as answers come. In milliseconds. */
  readonly spreadMs?: number
}

export type LoadResult = {
  /** From the first byte sent to the last answer read. */
  readonly tookMs: number
  /** Of each request: p50, p99, and the worst. */
  readonly p50Ms: number
  readonly p99Ms: number
  readonly maxMs: number
  /** Requests by the status they were answered with. */
  readonly statuses: Readonly<Record<string, number>>
}

/** Runs one load from a process of its own, whose bodies are made before the clock starts. */
export async function runLoad(plan: LoadPlan): Promise<LoadResult> {
  const child = fork(siblingEntry(import.meta.url, '../load'), [JSON.stringify(plan)])
  const exited = once(child, 'exit').then(([code]) => {
    throw new Error(`the load generator ended without a result (exit code ${String(code)})`)
  })
  const [result] = (await Promise.race([once(child, 'message'), exited])) as [LoadResult]
  exited.catch(() => {})
  return result
}
