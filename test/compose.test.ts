import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import type { Config } from '../src/config/config.ts'
import { loadConfig } from '../src/config/load.ts'
import { Manifest } from '../src/connectors/process/shim/schema.ts'
import { CATALOGUE } from '../src/main/config.ts'
import { VERSION } from '../src/main/version.ts'
import { installed } from './installed.ts'

// The compose file and what it mounts agree with each other and with this Kintsugi, as far as files can tell.

const ROOT = resolve(import.meta.dirname, '..')
const COMPOSE = join(ROOT, 'deploy/compose')
const text = (...path: string[]): string => readFileSync(join(...path), 'utf8')

function succeeds(program: string, ...args: string[]): void {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' })
  expect({ status, said: `${stdout}${stderr}` }).toMatchObject({ status: 0 })
}

type Service = {
  image: string
  build?: { context: string; dockerfile: string }
  volumes?: string[]
  secrets?: string[]
  ports?: string[]
  command?: string[]
  read_only?: boolean
}
const compose = parse(text(COMPOSE, 'compose.yaml')) as {
  services: Record<string, Service>
  volumes: Record<string, null>
  secrets: Record<string, { file: string }>
}
const { services } = compose
const prometheus = parse(text(COMPOSE, 'prometheus/prometheus.yaml')) as {
  rule_files: string[]
  alerting: { alertmanagers: { static_configs: { targets: string[] }[] }[] }
  scrape_configs: {
    job_name: string
    authorization?: { credentials_file: string }
    static_configs: { targets: string[]; labels?: Record<string, string> }[]
  }[]
}
const alertmanager = parse(text(COMPOSE, 'alertmanager/alertmanager.yaml')) as {
  receivers: {
    webhook_configs: { url: string; http_config: { authorization: { credentials_file: string } } }[]
  }[]
}
const file = join(COMPOSE, 'kintsugi/kintsugi.yaml')
const secret = (path: string): string => `${path}-0123456789abcdef`
const config = (change: (yaml: string) => string = (yaml) => yaml): Config =>
  loadConfig(change(readFileSync(file, 'utf8')), { file, env: {}, readFile: secret, catalogue: CATALOGUE })
const web = Manifest.parse(JSON.parse(text(COMPOSE, 'web-1.json')))

test('mounts what is there', () => {
  const mounts = Object.values(services).flatMap(({ volumes = [] }) => volumes.map((one) => one.split(':')[0] ?? ''))
  const [files, named] = [mounts.filter((one) => one.startsWith('.')), mounts.filter((one) => !one.startsWith('.'))]
  expect(files.length).toBeGreaterThan(4)
  expect(files.filter((one) => !existsSync(join(COMPOSE, one)))).toEqual([])
  expect([...new Set(named)].toSorted()).toEqual(Object.keys(compose.volumes).toSorted())
  const { context, dockerfile } = services['kintsugi']?.build ?? { context: '', dockerfile: '' }
  expect(existsSync(join(COMPOSE, context, dockerfile))).toBe(true)
})

test('gives each service the secrets that its configuration reads, and no other', () => {
  const read = (service: string): string[] => {
    const configurations: Record<string, string> = {
      kintsugi: text(file),
      prometheus: JSON.stringify(prometheus),
      alertmanager: JSON.stringify(alertmanager),
    }
    return [...(configurations[service] ?? '').matchAll(/\/run\/secrets\/([\w-]+)/g)].map(([, name = '']) => name)
  }
  for (const [name, { secrets = [] }] of Object.entries(services)) expect(read(name), name).toEqual(secrets)
  expect(Object.keys(compose.secrets).toSorted()).toEqual([...(services['kintsugi']?.secrets ?? [])].toSorted())
  expect(text(ROOT, '.gitignore').split('\n')).toContain('deploy/compose/secrets/')
})

test('has images with a version, ours with that of this Kintsugi, and opens ports to this machine only', () => {
  for (const { image, ports = [] } of Object.values(services)) {
    expect(image).toMatch(/:v?\d+\.\d+\.\d+$/)
    expect(ports.filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([])
  }
  expect(services['kintsugi']).toMatchObject({ image: `kintsugi:${VERSION}`, read_only: true })
  expect(services['web-1']?.image).toBe(`kintsugi:${VERSION}`)
})

test('has a Kintsugi in shadow, which would refuse to be live without its tokens', () => {
  const { mode, listen, access, policies } = config()
  expect({ mode, listen }).toEqual({ mode: 'shadow', listen: { host: '0.0.0.0', port: 8420 } })
  expect(access.tokens.map(({ name, role }) => [name, role])).toEqual([
    ['alertmanager', 'sender'],
    ['prometheus', 'viewer'],
    ['me', 'admin'],
  ])
  expect(policies.length).toBeGreaterThan(0)
  const bare = (yaml: string): string => yaml.replace('mode: shadow', 'mode: live').replace(/^access:\n(?: .*\n)+/m, '')
  expect(() => config(bare)).toThrow(/listen/)
})

test('agrees on names and ports', () => {
  const kintsugi = `kintsugi:${config().listen.port}`
  const [job, webs] = prometheus.scrape_configs
  expect(alertmanager.receivers[0]?.webhook_configs[0]?.url).toBe(`http://${kintsugi}/webhooks/alertmanager`)
  expect(job).toMatchObject({ job_name: 'kintsugi', static_configs: [{ targets: [kintsugi] }] })
  expect(prometheus.alerting.alertmanagers[0]?.static_configs[0]?.targets).toEqual(['alertmanager:9093'])
  expect(config().prometheus?.url).toBe('http://prometheus:9090')
  const { namespace, service, instance, address, dir } = web
  expect(webs?.static_configs).toEqual([{ targets: [address], labels: { namespace, service, name: instance } }])
  expect(config().connectors).toEqual([{ name: 'host', type: 'process', dir }])
  const hosts = [kintsugi, address, 'alertmanager:9093', 'prometheus:9090'].map((at) => at.split(':')[0] ?? '')
  expect(hosts.filter((host) => !(host in services))).toEqual([])
})

test.runIf(installed('promtool', "the check of the compose file's Prometheus"))(
  'has a Prometheus and rules that promtool takes',
  () => {
    const dir = mkdtempSync(join(tmpdir(), 'compose-'))
    try {
      // The files are where the container has them.
      const [token, config] = [join(dir, 'token'), join(dir, 'prometheus.yaml')]
      writeFileSync(token, 'token')
      const here = {
        '/run/secrets/token-prometheus': token,
        '/etc/prometheus/rules/*.rules.yaml': `${dir}/*.rules.yaml`,
      }
      const whole = Object.entries(here).reduce(
        (yaml, [there, at]) => yaml.replaceAll(there, at),
        text(COMPOSE, 'prometheus/prometheus.yaml'),
      )
      writeFileSync(config, whole)
      for (const volume of services['prometheus']?.volumes ?? []) {
        const [from = '', to = ''] = volume.split(':')
        if (to.endsWith('.rules.yaml')) writeFileSync(join(dir, to.split('/').at(-1) ?? ''), text(COMPOSE, from))
      }
      succeeds('promtool', 'check', 'config', config)
    } finally {
      rmSync(dir, { recursive: true })
    }
  },
)

test.runIf(installed('amtool', "the check of the compose file's Alertmanager"))(
  'has an Alertmanager that amtool takes',
  () => {
    succeeds('amtool', 'check-config', join(COMPOSE, 'alertmanager/alertmanager.yaml'))
  },
)
