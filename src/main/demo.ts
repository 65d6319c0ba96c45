import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { relative } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { DemoOptions, Started } from '../cli/deps.ts'
import { TerminalError } from '../domain/errors.ts'
import { siblingEntry } from '../lib/entry.ts'
import { plainLog } from '../lib/log.ts'
import { readConfig } from './config.ts'
import { serve } from './serve.ts'

/** What the lab says once it stands: where things are. */
type Places = { readonly gateway: string; readonly control: string; readonly config: string; readonly data: string }

/** Runs the lab as a process of its own; answers its exit code. */
export async function lab(args: readonly string[]): Promise<number> {
  const child = startLab(args, 'inherit')
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void child.kill(signal))
  const [code] = (await once(child, 'exit')) as [number | null]
  return code ?? 1
}

/** The lab's shop as a process of its own, and a Kintsugi that looks after it, until SIGTERM or SIGINT. */
export async function demo({ basePort }: DemoOptions, out: (text: string) => void, started: Started): Promise<void> {
  out(
    'starting the shop: a balancer, two web, two api and two more that stand by, two databases, a worker, and users ...\n',
  )
  const child = startLab(['demo', ...(basePort === undefined ? [] : ['--base-port', basePort])], 'pipe')
  let isStopping = false
  const stop = async (): Promise<void> => {
    isStopping = true
    if (child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    child.kill('SIGTERM')
    await ended
  }
  try {
    const places = await placesOf(child)
    // Ctrl-C reaches both, and a closed terminal ends the shop alone: without a shop there is nothing to show.
    child.once('exit', () => {
      if (!isStopping) process.kill(process.pid, 'SIGTERM')
    })
    await serve(
      { configPath: places.config, dataDir: places.data },
      (status) => {
        started(status)
        out(nextSteps(places))
      },
      { log: plainLog(out), lab: places.control },
    )
  } finally {
    await stop()
  }
}

function startLab(args: readonly string[], stdout: 'inherit' | 'pipe'): ChildProcess {
  const program = fileURLToPath(siblingEntry(import.meta.url, '../../lab/main'))
  return spawn(process.execPath, [program, ...args], { stdio: ['ignore', stdout, 'inherit'] })
}

async function placesOf(child: ChildProcess): Promise<Places> {
  if (!child.stdout) throw new TerminalError('the lab has no output')
  const lines = createInterface({ input: child.stdout })
  for await (const line of lines) return JSON.parse(line) as Places
  throw new TerminalError('the lab did not start: what it said stands above')
}

function nextSteps({ gateway, control, config }: Places): string {
  const kintsugi = `npm run -s kintsugi -- -c ${relative(process.cwd(), config)}`
  return `
The shop serves at ${gateway} and Kintsugi looks after it. See it, break it and watch it mend in a browser:

  ${consoleOf(config)}

Or in another terminal:

  break something    curl -X POST ${control}/faults/crash       (or slow-dependency, full-disk ...: curl ${control})
  see what is done   ${kintsugi} get incidents
  ask why            ${kintsugi} why INCIDENT
  stop all writing   ${kintsugi} pause --reason "looking"

Ctrl-C here stops everything.
`
}

/** Where the console is. */
function consoleOf(config: string): string {
  const { listen } = readConfig(config)
  return listen ? `http://${listen.host}:${listen.port}/` : 'nowhere: the configuration says no `listen`'
}
