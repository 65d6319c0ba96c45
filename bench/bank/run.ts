import { fork } from 'node:child_process'
import { once } from 'node:events'
import { siblingEntry } from '../../src/lib/entry.ts'
import type { Cardinality, Memory } from './child.ts'

/** What the process of its own measured. */
export function runChild(mode: 'memory'): Promise<Memory>
export function runChild(mode: 'cardinality'): Promise<Cardinality>
export async function runChild(mode: string): Promise<unknown> {
  const child = fork(siblingEntry(import.meta.url, './child'), [mode])
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`the process that measures '${mode}' ended without a result (exit code ${String(code)})`)
  })
  ended.catch(() => {})
  const [result]: unknown[] = await Promise.race([once(child, 'message'), ended])
  return result
}
