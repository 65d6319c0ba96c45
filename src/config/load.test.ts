import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { inspect } from 'node:util'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { UsageError } from '../domain/errors.ts'
import type { Config } from './config.ts'
import { loadConfig, type LoadContext } from './load.ts'

const files: Record<string, string> = { 'conf/token': 'f1le-s3cret\n' }
const context: LoadContext = {
  file: 'kintsugi.yaml',
  env: { TOKEN: 'env-s3cret', EMPTY: '' },
  readFile: (path) => {
    const text = files[path]
    if (text === undefined) throw Object.assign(new Error('no such file'), { code: 'ENOENT' })
    return text
  },
}

function load(text: string, change: Partial<LoadContext> = {}): Config {
  return loadConfig(text, { ...context, ...change })
}

/** The lines of the refusal; none when the file is taken. */
function problems(text: string, change: Partial<LoadContext> = {}): string[] {
  try {
    load(text, change)
    return []
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    return error.message.split('\n')
  }
}

const PUNCTUATION = Array.from('ab: -[]{}\n"\'&*|>#!%\t1')
const policy = 'name: p, condition: up == 0, target: lab:shop/instance/*, ladder: [page]'
/** A file with one connector, and these lines from line 3 on. */
const withLab = (...lines: string[]): string =>
  ['version: 1', 'connectors: { lab: { type: process, dir: run } }', ...lines, ''].join('\n')

describe('a bad file', () => {
  test('has all its unknown keys listed, whichever they are', () => {
    const key = fc.stringMatching(/^x[a-z]{2,9}$/)
    fc.assert(
      fc.property(fc.uniqueArray(key), fc.uniqueArray(key), (top, deep) => {
        const lines = [
          ...top.map((word) => `${word}: 1`),
          'limits:',
          '  minHealthy: 1',
          ...deep.map((word) => `  ${word}: 1`),
        ]
        const expected = [...top.map((word) => [word, `${word}:`]), ...deep.map((word) => [word, `limits.${word}:`])]
        const said = problems(['version: 1', ...lines, ''].join('\n'))
        expect(said).toHaveLength(expected.length)
        expect(said.every((line, i) => line.includes(` ${expected[i]?.[1]} unknown key`))).toBe(true)
      }),
    )
  })

  test('never makes the loader throw anything but a usage error', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...PUNCTUATION), maxLength: 60 }),
        (text) => problems(text).length >= 0,
      ),
    )
    fc.assert(
      fc.property(fc.json(), (text) =>
        problems(`version: 1\npolicies: ${text}\nlimits: ${text}\n`).every((line) =>
          /^kintsugi\.yaml:\d+:\d+: /.test(line),
        ),
      ),
    )
  })
})

describe('defaults', () => {
  test('a file that says nothing is in shadow, calm, on the loopback, with the three limits', () => {
    const config = load('version: 1\n')
    expect(config).toMatchObject({
      mode: 'shadow',
      profile: 'production',
      dataDir: '.kintsugi/data',
      listen: { host: '127.0.0.1', port: 8420 },
      limits: {
        perTarget: [
          { attempts: 3, withinMs: 300_000, latches: false },
          { attempts: 4, withinMs: 21_600_000, latches: true },
          { attempts: 6, withinMs: 86_400_000, latches: true },
        ],
        minHealthy: 1,
      },
      policies: [],
    })
    expect(config).not.toHaveProperty('killSwitchFile')
  })

  test('only the two words "mode: live" make a file live', () => {
    fc.assert(
      fc.property(fc.string(), (word) => {
        const text = `version: 1\nmode: ${JSON.stringify(word)}\n`
        return problems(text).length > 0 || load(text).mode === (word === 'live' ? 'live' : 'shadow')
      }),
    )
  })

  test('production waits for two minutes and two rounds, the lab does not', () => {
    const probe = 'probes: [{ name: a, target: "lab:**", tcp: {}, interval: 90s }]'
    const conditionOf = (...lines: string[]): unknown => load(withLab(...lines)).policies[0]?.condition
    expect(conditionOf(`policies: [{ ${policy} }]`)).toBe('up == 0 for 2m')
    expect(conditionOf(probe, `policies: [{ ${policy} }]`)).toBe('up == 0 for 3m')
    expect(conditionOf(`policies: [{ ${policy}, for: 3661s }]`)).toBe('up == 0 for 1h1m1s')
    expect(conditionOf(`policies: [{ ${policy.replace('== 0', '== 0 for 3 samples')} }]`)).toBe('up == 0 for 3 samples')
    expect(conditionOf('profile: lab', `policies: [{ ${policy} }]`)).toBe('up == 0')
  })

  test('a policy observes, and may do nothing irreversible', () => {
    expect(load(withLab(`policies: [{ ${policy} }]`)).policies[0]).toMatchObject({
      autonomy: 'observe',
      allowIrreversible: [],
      severity: 'warning',
      cooldownMs: 300_000,
      verify: { healthyForMs: 600_000, withinMs: 1_800_000, guards: [] },
    })
  })
})

test('names are written out in full, and guards are what they stand for', () => {
  const slo = 'slos: [{ name: users, target: service/gateway, expr: "1 - ok", max: 0.5 }]'
  const config = load(
    withLab('never: [instance/db, "shop/**"]', slo, `policies: [{ ${policy}, verify: { guard: ["slo:users"] } }]`),
  )
  expect(config.never).toEqual(['lab:default/instance/db', 'lab:shop/**'])
  expect(config.policies[0]?.verify.guards).toEqual([
    { name: 'users', target: 'lab:default/service/gateway', expr: '1 - ok', max: 0.5 },
  ])
})

test('paths are seen from the folder of the file', () => {
  const text = withLab('data: /var/lib/kintsugi', 'killSwitch: { file: PAUSE }')
  const config = load(text, { file: 'conf/kintsugi.yaml' })
  expect(config).toMatchObject({ dataDir: '/var/lib/kintsugi', killSwitchFile: 'conf/PAUSE' })
  expect(config.connectors).toEqual([{ name: 'lab', type: 'process', dir: 'conf/run' }])
})

test('what stands behind a pool is named in full, by its own connector', () => {
  const edge = 'type: balancer, url: "http://127.0.0.1:99", namespace: shop, fronts: { web: "lab:shop/service/web" }'
  const { connectors } = load(`version: 1\nconnectors: { lab: { type: process, dir: run }, edge: { ${edge} } }\n`)
  expect(connectors[1]).toEqual({
    name: 'edge',
    type: 'balancer',
    url: 'http://127.0.0.1:99',
    namespace: 'shop',
    fronts: { web: 'lab:shop/service/web' },
  })
})

describe('secrets', () => {
  const headers = 'headers: { A: "Bearer ${env:TOKEN}", B: "${file:token}" }'
  const text = withLab(`scrape: [{ name: a, target: "lab:**", path: /metrics, ${headers} }]`)
  const inConf = { file: 'conf/kintsugi.yaml' }

  test('reach who needs them', () => {
    const [scrape] = load(text, inConf).scrapes
    expect(scrape?.headers['A']?.reveal()).toBe('Bearer env-s3cret')
    expect(scrape?.headers['B']?.reveal()).toBe('f1le-s3cret')
  })

  test('are in no print of the configuration', () => {
    const config = load(text, inConf)
    const prints = [
      JSON.stringify(config),
      inspect(config, { depth: null, showHidden: true }),
      String(config.scrapes[0]?.headers['A']),
    ]
    for (const print of prints) {
      expect(print).not.toContain('s3cret')
      expect(print).toContain('***')
    }
  })

  test('are in no error', () => {
    const secrets = { TOKEN: 'line\nbreak-s3cret' }
    const said = problems(`${text}mode: wrong\nfoo: "\${env:TOKEN}"\n`, { ...inConf, env: secrets })
    expect(said).toHaveLength(3)
    expect(said.join('\n')).not.toContain('s3cret')
  })
})

test('the configuration of the lab is a good one', () => {
  const file = join(import.meta.dirname, '../../lab/policies.yaml')
  expect(loadConfig(readFileSync(file, 'utf8'), { ...context, file }).policies.length).toBeGreaterThan(0)
})
