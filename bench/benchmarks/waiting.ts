import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { siblingEntry } from '../../src/lib/entry.ts'
import { rounded, type Bench, type Figure } from '../lib/benchmark.ts'
import type { Standing } from '../waiting/owner.ts'

const WAITING = 10_000
const ASLEEP = 1000
const SETTINGS = { waiting: WAITING, asleep: ASLEEP }
/** A quiet moment: nothing new is decided for so long. */
const QUIET_MS = 20_000
const AT_MOST_MS = 300_000

export const waiting: Bench = {
  about:
    '10,000 incidents that wait for a person and 1,000 runs asleep: memory, and how soon they are back after kill -9',
  async run(say) {
    const folder = mkdtempSync(join(tmpdir(), 'kintsugi-bench-'))
    try {
      say('waiting: until all are there')
      const first = await owner(folder, 0)
      say(`waiting: memory over ${QUIET_MS / 1000} s`)
      const rssMib = await first.quietMib()
      await first.kill()
      say('waiting: after kill -9')
      const second = await owner(folder, 1)
      const againMib = await second.quietMib()
      await second.kill()
      const figure = (name: string, value: number, unit: string, method: string): Figure => {
        return {
          name: `waiting ${name}`,
          value: rounded(value),
          unit,
          higherIsBetter: false,
          method,
          settings: SETTINGS,
        }
      }
      return [
        figure('memory', rssMib, 'MiB', `RSS, median over ${QUIET_MS / 1000} s in which nothing is new`),
        figure('memory after a restart', againMib, 'MiB', 'the same in the process that took over'),
        figure(
          'back after kill -9',
          second.tookMs / 1000,
          's',
          'from the start of the process until all wait and sleep again',
        ),
        figure(
          'until all are there',
          first.tookMs / 1000,
          's',
          'from the start of the first process, with everything broken at once',
        ),
        figure(
          'loop delay p99',
          first.delayMs(),
          'ms',
          'event-loop delay in the quiet time (its timer of 10 ms included)',
        ),
      ]
    } finally {
      rmSync(folder, { recursive: true })
    }
  },
}

type Owner = {
  /** From its start until all wait and sleep. */
  readonly tookMs: number
  quietMib(): Promise<number>
  delayMs(): number
  kill(): Promise<void>
}

async function owner(folder: string, later: 0 | 1): Promise<Owner> {
  const began = performance.now()
  const argv = [folder, WAITING, ASLEEP, later].map(String)
  const child = fork(siblingEntry(import.meta.url, '../waiting/owner'), argv)
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL')
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  }
  try {
    for (;;) {
      const { asked, asleep } = await standing(child)
      if (asked === WAITING && asleep === ASLEEP) break
      if (performance.now() - began > AT_MOST_MS) throw new Error(`only ${asked} wait and ${asleep} sleep`)
    }
  } catch (thrown) {
    await kill()
    throw thrown
  }
  const tookMs = performance.now() - began
  let last: Standing | undefined
  const quietMib = async (): Promise<number> => {
    const seen: number[] = []
    for (const until = performance.now() + QUIET_MS; performance.now() < until;) {
      last = await standing(child)
      seen.push(last.rssMib)
    }
    return seen.sort((a, b) => a - b)[seen.length >> 1] ?? Number.NaN
  }
  return { tookMs, quietMib, delayMs: () => last?.delayMs ?? Number.NaN, kill }
}

/** The next that it says of itself. */
async function standing(child: ChildProcess): Promise<Standing> {
  const heard = new AbortController()
  const { signal } = heard
  const said = once(child, 'message', { signal }).then(([one]) => one as Standing)
  const ended = once(child, 'exit', { signal }).then(([code]): never => {
    throw new Error(`the owner has ended (exit code ${String(code)})`)
  })
  try {
    return await Promise.race([said, ended])
  } finally {
    heard.abort()
    await Promise.allSettled([said, ended])
  }
}
