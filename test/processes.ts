import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

/** Whether a process lives. A zombie counts as dead: its parent has yet to hear of it. */
export function isAlive(pid: number): boolean {
  try {
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}

/** Waits until a process is dead; throws after five seconds. */
export async function untilDead(pid: number): Promise<void> {
  for (const end = Date.now() + 5000; isAlive(pid); await sleep(5)) {
    if (Date.now() > end) throw new Error(`process ${pid} is still alive after five seconds`)
  }
}
