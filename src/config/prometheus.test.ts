import { describe, expect, test } from 'vitest'
import { inspect } from 'node:util'
import { makeCertificates } from '../../test/fakes/certificates.ts'
import { UsageError } from '../domain/errors.ts'
import type { PrometheusConfig } from './config.ts'
import { loadConfig } from './load.ts'

const made = makeCertificates()
const files: Record<string, string | undefined> = {
  'conf/ca.pem': made?.ca,
  'conf/client.pem': made?.client.cert,
  'conf/client.key': made?.client.key,
  'conf/server.key': made?.server.key,
  'conf/not.pem': 's3cret that is none',
}
const QUERIES = 'queries: [{ name: q, expr: up, target: lab:shop/service/web }]'

function load(section: string): PrometheusConfig | undefined {
  const text = `version: 1\nconnectors: { lab: { type: process, dir: run } }\nsources: { prometheus: { ${section} } }\n`
  return loadConfig(text, {
    file: 'conf/kintsugi.yaml',
    env: { PASSWORD: 's3cret' },
    readFile: (path) => {
      const found = files[path]
      if (found === undefined) throw Object.assign(new Error('no such file'), { code: 'ENOENT' })
      return found
    },
  }).prometheus
}

function problems(section: string): string[] {
  try {
    load(section)
    return []
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    return error.message
      .split('\n')
      .map((line) => line.replace(/^conf\/kintsugi\.yaml:\d+:\d+: sources\.prometheus/, ''))
  }
}

test('defaults are the pace of the profile, and two minutes or three steps until a value is stale', () => {
  expect(load(`url: "http://prometheus:9090", ${QUERIES}`)).toEqual({
    url: 'http://prometheus:9090',
    headers: {},
    stepMs: 10_000,
    timeoutMs: 5000,
    staleAfterMs: 120_000,
    queries: [{ name: 'q', expr: 'up', target: 'lab:shop/service/web' }],
  })
  expect(load(`url: "http://x", step: 1m, ${QUERIES}`)?.staleAfterMs).toBe(180_000)
})

test('a target may be named by labels, and a short name is written out', () => {
  const queries =
    'queries: [{ name: a, expr: up, target: "lab:{namespace}/service/web-{service}" }, { name: b, expr: up, target: service/web }]'
  const targets = load(`url: "http://x", ${queries}`)?.queries.map(({ target }) => target)
  expect(targets).toEqual(['lab:{namespace}/service/web-{service}', 'lab:default/service/web'])
})

describe('credentials', () => {
  test.each([
    ['basicAuth: { username: me, password: "${env:PASSWORD}" }', `Basic ${btoa('me:s3cret')}`],
    ['bearer: "${env:PASSWORD}"', 'Bearer s3cret'],
    ['headers: { Authorization: "Own ${env:PASSWORD}" }', 'Own s3cret'],
  ])('%s reaches the header, and no print', (credentials, header) => {
    const prometheus = load(`url: "http://x", ${credentials}, ${QUERIES}`)
    expect(prometheus?.headers['Authorization']?.reveal()).toBe(header)
    for (const print of [JSON.stringify(prometheus), inspect(prometheus, { depth: null, showHidden: true })]) {
      expect(print).not.toContain('s3cret')
      expect(print).not.toContain(btoa('me:s3cret'))
    }
  })

  test.skipIf(!made)('certificates are read from the folder of the file, and the key is in no print', () => {
    const prometheus = load(`url: "https://x", tls: { ca: ca.pem, cert: client.pem, key: client.key }, ${QUERIES}`)
    expect(prometheus?.tls).toMatchObject({ ca: made?.ca, cert: made?.client.cert })
    expect(prometheus?.tls?.key?.reveal()).toBe(made?.client.key)
    expect(JSON.stringify(prometheus)).not.toContain('PRIVATE KEY')
  })
})

const HTTP = 'url: "http://x"'
const LABELS = 'expected a target by labels such as "lab:{namespace}/service/{service}", its connector written out, got'
const PEM = 'that can be read; keys must not be encrypted'

/** What is wrong, the section, and what is said of it. */
test.each<[string, string, ...string[]]>([
  ['no url', QUERIES, '.url: expected a URL, but it is missing'],
  [
    'a url of another kind',
    `url: "ftp://x", ${QUERIES}`,
    '.url: expected a URL that begins with http:// or https://, got "ftp://x"',
  ],
  [
    'credentials that would show',
    `url: "http://me:s3cret@x", ${QUERIES}`,
    '.url: must hold no credentials: use basicAuth',
  ],
  ['a url with a query', `url: "http://x/?a=1", ${QUERIES}`, '.url: must be where /api is, without a query'],
  ['no queries', HTTP, ': is asked nothing: give it queries, or a policy a condition { promql: ... }'],
  ['an empty list', `${HTTP}, queries: []`, '.queries: expected a list of one or more, got an empty list'],
  [
    'no expression',
    `${HTTP}, queries: [{ name: q, expr: "", target: a/b }]`,
    '.queries[0].expr: expected a PromQL expression, got ""',
  ],
  [
    'a long expression',
    `${HTTP}, queries: [{ name: q, expr: ${'x'.repeat(4001)}, target: a/b }]`,
    '.queries[0].expr: must not be longer than 4000 characters: make a recording rule of it',
  ],
  [
    'a name that is none of a metric',
    `${HTTP}, queries: [{ name: a-b, expr: up, target: a/b }]`,
    '.queries[0].name: expected a name such as "error_share", got "a-b"',
  ],
  [
    'a name twice',
    `${HTTP}, queries: [{ name: q, expr: a, target: a/b }, { name: q, expr: b, target: a/b }]`,
    '.queries[1].name: "q" stands twice: each name may be used once',
  ],
  [
    'a pattern',
    `${HTTP}, queries: [{ name: q, expr: up, target: "lab:shop/**" }]`,
    '.queries[0].target: expected one target, got the pattern "lab:shop/**"',
  ],
  [
    'a connector by label',
    `${HTTP}, queries: [{ name: q, expr: up, target: "{c}:a/b/{d}" }]`,
    `.queries[0].target: ${LABELS} "{c}:a/b/{d}"`,
  ],
  [
    'a brace too many',
    `${HTTP}, queries: [{ name: q, expr: up, target: "lab:a/b/{{d}" }]`,
    `.queries[0].target: ${LABELS} "lab:a/b/{{d}"`,
  ],
  [
    'a target of two parts by label',
    `${HTTP}, queries: [{ name: q, expr: up, target: "b/{d}" }]`,
    `.queries[0].target: ${LABELS} "b/{d}"`,
  ],
  [
    'an unknown connector',
    `${HTTP}, queries: [{ name: q, expr: up, target: "k8s:a/b/{d}" }]`,
    '.queries[0].target: no connector is named "k8s"; known here: lab',
  ],
  ['a long timeout', `${HTTP}, step: 1s, timeout: 2s, ${QUERIES}`, '.timeout: must not be longer than the step'],
  ['stale at once', `${HTTP}, step: 30s, staleAfter: 30s, ${QUERIES}`, '.staleAfter: must be longer than the step'],
  [
    'two credentials',
    `${HTTP}, bearer: a, headers: { authorization: b }, ${QUERIES}`,
    '.bearer: needs at most one of basicAuth, bearer and a header Authorization',
  ],
  [
    'a basicAuth of one text',
    `${HTTP}, basicAuth: "me:s3cret", ${QUERIES}`,
    '.basicAuth: expected a section with username, password',
  ],
  [
    'a colon in the user',
    `${HTTP}, basicAuth: { username: "a:b", password: c }, ${QUERIES}`,
    '.basicAuth: must have a username without ":"',
  ],
  [
    'a secret that is not set',
    `${HTTP}, bearer: "\${env:NOPE}", ${QUERIES}`,
    '.bearer: the environment variable NOPE is not set',
  ],
  ['TLS for http', `${HTTP}, tls: {}, ${QUERIES}`, '.tls: needs a url that begins with https://'],
  [
    'a file that is not there',
    `url: "https://x", tls: { ca: nope }, ${QUERIES}`,
    '.tls.ca: the file nope cannot be read (ENOENT)',
  ],
  [
    'a file of something else',
    `url: "https://x", tls: { ca: not.pem }, ${QUERIES}`,
    `.tls.ca: the file not.pem holds no PEM of this kind ${PEM}`,
  ],
])('%s is refused', (_, section, ...messages) => {
  expect(problems(section)).toEqual(messages)
})

test.skipIf(!made)('a certificate needs its own key', () => {
  expect(problems(`url: "https://x", tls: { cert: client.pem }, ${QUERIES}`)).toEqual([
    '.tls: needs both of cert and key, or neither',
  ])
  expect(problems(`url: "https://x", tls: { cert: client.pem, key: server.key }, ${QUERIES}`)).toEqual([
    '.tls.key: is not the key of the certificate in cert',
  ])
  expect(problems(`url: "https://x", tls: { cert: client.key, key: client.pem }, ${QUERIES}`)).toEqual([
    `.tls.cert: the file client.key holds no PEM of this kind ${PEM}`,
    `.tls.key: the file client.pem holds no PEM of this kind ${PEM}`,
  ])
})
