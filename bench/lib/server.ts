import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { siblingEntry } from '../../src/lib/entry.ts'

/** A server under load, on loopback, with a folder of its own. */
export type Server = {
  readonly name: string
  readonly port: number
  readonly folder: string
  /** The most memory it ever had, in MiB. */
  peakMib(): number
  /** Ends it as kill -9 does; its folder stays. */
  kill(): Promise<void>
  /** Ends it, and removes its folder. */
  close(): Promise<void>
}

const START_MS = 20_000

/**
 * @param settings more of `kintsugi.yaml` than where it listens
 * @param prepare fills the data folder before anybody owns it
 */
export async function startKintsugi(
  settings = 'mode: shadow\n',
  prepare?: (dataFolder: string) => Promise<void>,
): Promise<Server> {
  const folder = newFolder()
  await prepare?.(join(folder, 'data'))
  const port = await freePort()
  const config = join(folder, 'kintsugi.yaml')
  writeFileSync(config, `version: 1\nlisten: 127.0.0.1:${port}\n${settings}`)
  const main = fileURLToPath(siblingEntry(import.meta.url, '../../src/main'))
  const argv = [main, 'serve', '-c', config, '--data', join(folder, 'data')]
  return startServer({
    name: 'kintsugi',
    port,
    folder,
    command: process.execPath,
    argv,
    ready: '/readyz',
    log: 'ignore',
  })
}

/** Debian's Alertmanager; undefined where it is not installed. */
export async function startAlertmanager(): Promise<Server | undefined> {
  const folder = newFolder()
  const port = await freePort()
  const config = join(folder, 'alertmanager.yml')
  writeFileSync(config, 'route: { receiver: nobody, group_wait: 1h }\nreceivers: [{ name: nobody }]\n')
  mkdirSync(join(folder, 'data'))
  const argv = [
    `--config.file=${config}`,
    `--storage.path=${join(folder, 'data')}`,
    `--web.listen-address=127.0.0.1:${port}`,
    '--cluster.listen-address=',
    '--log.level=error',
  ]
  const command = 'prometheus-alertmanager'
  try {
    return await startServer({ name: 'Alertmanager', port, folder, command, argv, ready: '/-/ready', log: 'inherit' })
  } catch (thrown) {
    rmSync(folder, { recursive: true })
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw thrown
  }
}

/**
 * Debian's Prometheus that scrapes nothing; undefined where it is not installed.
 *
 * @param rules its rule file
 * @param prepare fills the folder of its blocks before it starts
 */
export async function startPrometheus(
  rules: string,
  prepare: (dataFolder: string) => Promise<void>,
): Promise<Server | undefined> {
  const folder = newFolder()
  const [port, config, data] = [await freePort(), join(folder, 'prometheus.yml'), join(folder, 'data')]
  writeFileSync(join(folder, 'rules.yml'), rules)
  writeFileSync(config, 'rule_files: [rules.yml]\n')
  const argv = [
    `--config.file=${config}`,
    `--storage.tsdb.path=${data}`,
    `--web.listen-address=127.0.0.1:${port}`,
    '--log.level=error',
  ]
  try {
    await prepare(data)
    const command = 'prometheus'
    return await startServer({ name: 'Prometheus', port, folder, command, argv, ready: '/-/ready', log: 'inherit' })
  } catch (thrown) {
    rmSync(folder, { recursive: true })
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw thrown
  }
}

async function startServer(x: {
  readonly name: string
  readonly port: number
  readonly folder: string
  readonly command: string
  readonly argv: readonly string[]
  readonly ready: string
  /** Where its log goes: a line for each incident is too much to read beside figures. */
  readonly log: 'ignore' | 'inherit'
}): Promise<Server> {
  const child = spawn(x.command, x.argv, { stdio: ['ignore', 'ignore', x.log] })
  await once(child, 'spawn')
  const gone = once(child, 'exit')
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    child.kill(signal)
    await gone
  }
  const isGone = (): boolean => child.exitCode !== null || child.signalCode !== null
  try {
    await untilReady(`http://127.0.0.1:${x.port}${x.ready}`, isGone)
  } catch (thrown) {
    if (!isGone()) await end('SIGKILL')
    throw thrown
  }
  return {
    ...x,
    peakMib: () => Number(/VmHWM:\s*(\d+) kB/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]) / 1024,
    kill: () => end('SIGKILL'),
    close: async () => {
      if (!isGone()) await end('SIGTERM')
      rmSync(x.folder, { recursive: true })
    },
  }
}

async function untilReady(url: string, isGone: () => boolean): Promise<void> {
  for (const until = Date.now() + START_MS; Date.now() < until && !isGone(); await setTimeout(50)) {
    if ((await fetch(url).catch(() => undefined))?.ok) return
  }
  throw new Error(`no server is ready at ${url}${isGone() ? ': it has ended' : ''}`)
}

const newFolder = (): string => mkdtempSync(join(tmpdir(), 'kintsugi-bench-'))

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address ? address.port : 0
}
