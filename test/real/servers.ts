import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '../shims.ts'

const PROGRAMS = ['prometheus', 'prometheus-alertmanager']

/** Which of the servers that these tests start are not installed; `scripts/install-test-servers.sh` installs them. */
export function missingServers(): string[] {
  return PROGRAMS.filter((program) => spawnSync(program, ['--version']).status !== 0)
}

export type Started = { readonly url: string; stop(): Promise<void> }

/** One that can also be ended as a crash ends it. */
export type StartedProgram = Started & { kill(): Promise<void> }

/** Starts a program, its words in a log of its own, and waits until its URL answers; throws its last words if it ends. */
export async function startProgram(
  command: readonly [string, ...string[]],
  x: { readonly log: string; readonly ready: string; readonly url: string },
): Promise<StartedProgram> {
  const log = openSync(x.log, 'a')
  const [program, ...args] = command
  const child = spawn(program, args, { stdio: ['ignore', log, log] })
  closeSync(log)
  try {
    await untilSo(async () => {
      if (child.exitCode !== null) throw new Error(`${program} ended: ${readFileSync(x.log, 'utf8').slice(-2000)}`)
      return (await fetch(x.ready).catch(() => undefined))?.ok === true
    }, `${program} answers`)
  } catch (thrown) {
    await endChild(child)
    throw thrown
  }
  return { url: x.url, stop: () => endChild(child), kill: () => endChild(child, 'SIGKILL') }
}

async function endChild(child: ChildProcess, how: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exit = once(child, 'exit')
  child.kill(how)
  const timer = setTimeout(() => child.kill('SIGKILL'), 10_000)
  await exit
  clearTimeout(timer)
}

/** Asks until it is so; throws after half a minute. */
export async function untilSo(isSo: () => Promise<boolean>, what: string): Promise<void> {
  for (const end = Date.now() + 30_000; !(await isSo()); await sleep(50)) {
    if (Date.now() > end) throw new Error(`it is not so after half a minute: ${what}`)
  }
}

/** A Prometheus that scrapes one exporter every second, hands what its one rule says to these, and writes it all on. */
export async function startPrometheus(
  dir: string,
  x: {
    readonly exporter: string
    readonly rule?: object
    readonly alertmanagers: readonly string[]
    /** What its series are labelled with. */
    readonly labels?: Readonly<Record<string, string>>
    /** Where it writes what it scrapes, as soon as it may. */
    readonly remoteWrite?: string
  },
): Promise<Started> {
  const port = await freePort()
  const folder = join(dir, `prometheus-${port}`)
  mkdirSync(folder)
  // JSON is YAML.
  writeFileSync(
    join(folder, 'rules.yaml'),
    JSON.stringify({ groups: [{ name: 'test', rules: x.rule ? [x.rule] : [] }] }),
  )
  const labels = x.labels ?? { namespace: 'shop' }
  const config = {
    global: { scrape_interval: '1s', evaluation_interval: '1s' },
    rule_files: [join(folder, 'rules.yaml')],
    scrape_configs: [{ job_name: 'app', static_configs: [{ targets: [hostOf(x.exporter)], labels }] }],
    ...(x.remoteWrite !== undefined && {
      remote_write: [{ url: x.remoteWrite, queue_config: { batch_send_deadline: '500ms', max_backoff: '1s' } }],
    }),
    alerting: { alertmanagers: [{ static_configs: [{ targets: x.alertmanagers.map(hostOf) }] }] },
  }
  const file = join(folder, 'prometheus.yaml')
  writeFileSync(file, JSON.stringify(config))
  const url = `http://127.0.0.1:${port}`
  const args = [
    `--config.file=${file}`,
    `--storage.tsdb.path=${join(folder, 'data')}`,
    `--web.listen-address=127.0.0.1:${port}`,
    '--rules.alert.resend-delay=2s',
    '--storage.remote.flush-deadline=1s',
  ]
  return startProgram(['prometheus', ...args], { log: join(folder, 'log'), ready: `${url}/-/ready`, url })
}

/** An Alertmanager that knows no other, and hands every alert to the webhook at once, with the token of a file. */
export async function startAlertmanager(dir: string, webhook: string, tokenFile?: string): Promise<Started> {
  const port = await freePort()
  const folder = join(dir, `alertmanager-${port}`)
  mkdirSync(folder)
  const authorized = tokenFile !== undefined && { http_config: { authorization: { credentials_file: tokenFile } } }
  const times = { group_wait: '1s', group_interval: '1s', repeat_interval: '1h' }
  const config = {
    route: { receiver: 'kintsugi', group_by: ['...'], ...times },
    receivers: [{ name: 'kintsugi', webhook_configs: [{ url: webhook, send_resolved: true, ...authorized }] }],
  }
  const file = join(folder, 'alertmanager.yaml')
  writeFileSync(file, JSON.stringify(config))
  const url = `http://127.0.0.1:${port}`
  const args = [
    `--config.file=${file}`,
    `--storage.path=${join(folder, 'data')}`,
    `--web.listen-address=127.0.0.1:${port}`,
    '--cluster.listen-address=',
  ]
  return startProgram(['prometheus-alertmanager', ...args], { log: join(folder, 'log'), ready: `${url}/-/ready`, url })
}

/** How many notifications an Alertmanager says it has delivered. */
export async function deliveredBy({ url }: Started): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text()
  const valueOf = (name: string): number =>
    Number(new RegExp(`^alertmanager_${name}\\{integration="webhook"\\} (\\S+)$`, 'm').exec(text)?.[1] ?? 0)
  return valueOf('notifications_total') - valueOf('notifications_failed_total')
}

/** Serves metrics in Prometheus text, made anew for each scrape. */
export async function startExporter(metrics: () => Promise<string>): Promise<Started> {
  const server: Server = createServer((_request, response) => {
    metrics().then(
      (text) => response.end(text),
      (thrown: unknown) => response.writeHead(500).end(String(thrown)),
    )
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url,
    stop: async () => {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

const hostOf = (url: string): string => new URL(url).host
