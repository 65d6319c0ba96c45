import { describe, expect, test } from 'vitest'
import { problems } from '../../test/fixtures/bad-files.ts'
import { loadConfig } from './load.ts'

const BASE = `version: 1
connectors: { lab: { type: process, dir: ./shims } }
`
const load = (more: string) =>
  loadConfig(BASE + more, { file: 'kintsugi.yaml', env: { ID: 'secret-id' }, readFile: () => '' })
const policy = (target: string, more = 'autonomy: auto, ladder: [restart-instance, page]') =>
  `policies: [{ name: p, condition: up == 0, target: "${target}", ${more} }]\n`

test('what nothing is said of has its defaults', () => {
  expect(load('').self).toEqual({
    standsOn: [],
    sources: [],
    limits: { memoryBytes: 4 * 2 ** 30, queue: 50_000, loopLagMs: 1000 },
  })
})

test('all of it is read', () => {
  const { self } = load(`standsOn: ["lab:mon/**"]
heartbeat: { url: "https://hc.example/\${env:ID}", every: 30s, headers: { X-A: b } }
sources: { alertmanager: { url: "http://am:9093", watchdog: { alert: Dog, staleAfter: 2m } } }
limits: { self: { memory: 512MiB, queue: 7, loopLag: 250ms } }
record: { headFile: elsewhere/head }
`)
  expect(self).toMatchObject({
    standsOn: ['lab:mon/**'],
    sources: [{ name: 'the Alertmanager', url: 'http://am:9093' }],
    heartbeat: { everyMs: 30_000 },
    watchdog: { alert: 'Dog', staleAfterMs: 120_000 },
    limits: { memoryBytes: 512 * 2 ** 20, queue: 7, loopLagMs: 250 },
    headFile: 'elsewhere/head',
  })
  expect(self.heartbeat?.url.reveal()).toBe('https://hc.example/secret-id')
  expect(JSON.stringify(self)).not.toContain('secret-id')
})

test('a watchdog may be asked for with nothing but itself', () => {
  expect(load('sources: { alertmanager: { url: "http://am:9093", watchdog: {} } }\n').self.watchdog).toEqual({
    alert: 'Watchdog',
    staleAfterMs: 300_000,
  })
})

test.each([
  ['limits: { self: { memory: 1GB } }', 'limits.self.memory: expected a size such as "512MiB" or "1GiB", got "1GB"'],
  ['limits: { self: { queue: 0 } }', 'limits.self.queue: expected a whole number from 1 to 10000000, got 0'],
  ['heartbeat: { url: "ftp://x" }', 'heartbeat.url: must begin with http:// or https://'],
  ['standsOn: ["k8s:a/b/c"]', 'standsOn[0]: no connector is named "k8s"; known here: lab'],
])('%s is refused', (line, message) => {
  expect(problems(`${BASE}${line}\n`).join()).toContain(message)
})

describe('a policy that would always be denied is refused, at its target', () => {
  const STANDS = 'standsOn: ["lab:mon/**", "lab:ops/instance/ntp-*"]\n'
  const refused = (text: string): string[] => problems(BASE + text)

  test.each(['lab:mon/instance/prom-1', 'lab:mon/instance/prom-*', 'lab:mon/**', 'lab:ops/instance/ntp-2'])(
    '%s is stood on',
    (target) => {
      const [line = ''] = refused(STANDS + policy(target))
      expect(line).toMatch(/^kintsugi\.yaml:4:\d+: policies\[0\]\.target: "lab:/)
      expect(line).toContain(`"${target}" is what Kintsugi itself stands on (standsOn has `)
    },
  )

  test.each(['lab:shop/instance/web-1', 'lab:ops/instance/*', 'lab:**', 'lab:ops/**'])(
    '%s is not, or not only',
    (target) => {
      expect(refused(STANDS + policy(target))).toEqual([])
    },
  )

  test('whoever only looks, or only pages, is let', () => {
    expect(refused(STANDS + policy('lab:mon/**', 'autonomy: observe, ladder: [restart-instance]'))).toEqual([])
    expect(refused(STANDS + policy('lab:mon/**', 'autonomy: auto, ladder: [page]'))).toEqual([])
  })

  test('a target that is scraped where a source is read is that source', () => {
    const source = `sources: { alertmanager: { url: "http://am:9093" } }
scrape: [{ name: am, target: "lab:mon/service/am", url: "http://am:9093/metrics" }]
`
    const [line = ''] = refused(source + policy('lab:mon/service/am', 'autonomy: auto, ladder: [restart-service]'))
    expect(line).toContain('(the Alertmanager that Kintsugi reads is there)')
    expect(refused(source + policy('lab:shop/service/am', 'autonomy: auto, ladder: [restart-service]'))).toEqual([])
  })

  test('maintenance too', () => {
    const task = `maintenance: [{ name: m, schedule: every 1d, target: "lab:mon/service/prom", ladder: [restart-service], autonomy: auto }]\n`
    expect(refused(STANDS + task).join()).toContain('maintenance[0].target: "lab:mon/service/prom" is what Kintsugi')
  })
})
