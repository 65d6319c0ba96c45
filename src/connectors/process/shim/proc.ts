import { readFileSync } from 'node:fs'
import { constants } from 'node:os'

/** One line of the system's process table. `startTime` is in clock ticks since boot. */
type Process = { readonly state: string; readonly startTime: string }

/** Looks a process up; undefined when there is none, or no `/proc`. */
function processAt(pid: number): Process | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The second field is the program's name in brackets and may itself hold blanks and brackets.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return { state: fields[0] ?? '', startTime: fields[19] ?? '' }
  } catch {
    return undefined
  }
}

/** The identity of a process: `bootId/pid/startTime`, which no other process ever has. */
export function identityOf(bootId: string, pid: number, startedAtMs: number): string {
  return `${bootId}/${pid}/${processAt(pid)?.startTime ?? startedAtMs}`
}

/** The id of the process that has this identity, if it still lives; a zombie does not. */
export function livingPid(identity: string, bootId: string): number | undefined {
  const [boot, pid, startTime] = identity.split('/')
  const found = boot === bootId ? processAt(Number(pid)) : undefined
  return found && found.startTime === startTime && found.state !== 'Z' ? Number(pid) : undefined
}

/** Whether the process is stopped (SIGSTOP, a debugger): it is there, and serves nobody. */
export function isFrozen(pid: number): boolean {
  return ['T', 't'].includes(processAt(pid)?.state ?? '')
}

/** Whether the process has a use for the signal, or ignores it: one that has none would be ended by it. */
export function takes(pid: number, signal: NodeJS.Signals): boolean {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    const masks = [...status.matchAll(/^Sig(?:Cgt|Ign):\s*([0-9a-f]+)$/gm)].map(([, mask]) => BigInt(`0x${mask}`))
    return masks.some((mask) => ((mask >> BigInt(constants.signals[signal] - 1)) & 1n) === 1n)
  } catch {
    return false
  }
}

/** Sends a signal to a whole process group; no such group is no error. */
export const signalGroup = (pid: number, signal: NodeJS.Signals): void => signalProcess(-pid, signal)

/** Sends a signal to one process; no such process is no error. */
export function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== 'ESRCH') throw thrown
  }
}

/**
 * Kills what a dead group leader left behind. A process that has the leader's id now means that the id was given out
 * anew, which only happens when the group is empty: it is a stranger's and left alone.
 */
export function killOrphans(pid: number): void {
  try {
    process.kill(pid, 0)
  } catch {
    signalGroup(pid, 'SIGKILL')
  }
}
