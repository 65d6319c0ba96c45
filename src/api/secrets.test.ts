import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { secretFor, startedApi, tokenFor, type StartedApi } from '../../test/fixtures/api.ts'
import { ran } from '../../test/fixtures/cli.ts'
import * as stories from '../../test/fixtures/incidents.ts'
import { secretOf } from '../config/secret.ts'
import { secretsIn } from '../config/secrets.ts'
import type { EntryBody } from '../domain/entry.ts'
import type { RecordPort } from '../domain/ports.ts'
import { concealing, concealingLog } from '../engine/concealed.ts'
import { redactorOf } from '../lib/redact.ts'
import { contract, type RouteName } from './contract.ts'

// Secrets are planted wherever one could come in, and looked for wherever something goes out.

const FROM_ENV = 'planted-env-0123456789'
const FROM_FILE = 'planted-file-9876543210'
const HOOK = 'https://hooks.test/services/planted/T0123/B4567'
const IN_URL = 'planted-userinfo'
const CAPTURED = 'planted-captured'
const PLANTED = [FROM_ENV, FROM_FILE, '/services/planted/T0123/B4567', IN_URL, 'planted-header-abcdefgh', CAPTURED]

const config = {
  sources: {
    prometheus: { headers: { authorization: secretOf(`Bearer ${FROM_ENV}`) }, tls: { key: secretOf(FROM_FILE) } },
  },
  notify: [{ type: 'slack', url: secretOf(HOOK) }],
}
const redact = redactorOf(() => secretsIn(config))

/** What a careless library might say. */
const CARELESS = [
  `fetch failed: Bearer ${FROM_ENV} was refused`,
  `the token ${FROM_ENV} is unknown`,
  `cannot read the key ${FROM_FILE}`,
  `POST ${HOOK} answered 404`,
  `POST hooks.test/services/planted/T0123/B4567 answered 404`,
  `cannot reach https://ann:${IN_URL}@db.test:5432/shop`,
  `the answer to Authorization: Bearer planted-header-abcdefgh was 401`,
  `the configuration is {"DB_PASSWORD":"${CAPTURED}","replicas":3}`,
].join('; ')
const SNAPSHOT = { values: { DB_PASSWORD: CAPTURED, API_KEY: CAPTURED, replicas: 3 } }

let api: StartedApi
afterEach(() => api.close())

const said = (bodies: readonly EntryBody[], record: RecordPort): Promise<number> =>
  record.commit({
    at: { wallMs: Date.now(), bootMs: 1, bootId: 'b' },
    entries: bodies.map((body) => ({ body, incident: 'inc-1', run: 'run-1' })),
  })

test('what opens something is on no page, in no answer, in no log and not on the record, and an undo still has it', async () => {
  const lines: string[] = []
  const keep = (fields: object, message: string): void => void lines.push(JSON.stringify(fields) + message)
  const log = concealingLog({ debug: keep, info: keep, warn: keep, error: keep }, redact)
  const fail = async (): Promise<never> => {
    throw new Error(CARELESS)
  }
  api = await startedApi({
    redact,
    log,
    access: () => ({ access: { tokens: [tokenFor('admin')] } }),
    metrics: async () => `kintsugi_source{problem="${CARELESS.replaceAll('"', '\\"')}"} 1\n`,
    config: () => ({ digest: 'abc', sections: { notify: CARELESS } }),
    verify: fail,
  })
  const record = concealing(api.record, redact)
  await stories.tell(record, stories.healed)
  await said(
    [
      { kind: 'paged', about: 'inc-1', reason: CARELESS },
      { kind: 'decided', choice: { kind: 'none', reason: CARELESS } },
      { kind: 'step-failed', step: 'change/apply', failure: { message: CARELESS } },
      { kind: 'paused', freeze: false, by: 'ann', reason: CARELESS },
    ],
    record,
  )
  const folder = (): string =>
    readdirSync(api.folder, { recursive: true, withFileTypes: true })
      .filter((one) => one.isFile())
      .map(({ parentPath, name }) => readFileSync(join(parentPath, name), 'latin1'))
      .join('\n')
  for (const secret of PLANTED) expect(folder().includes(secret), `${secret} in the folder`).toBe(false)
  expect(folder()).toContain('cannot reach https://***@db.test')

  // What an undo needs is kept whole, and shown to nobody.
  await said([{ kind: 'step-succeeded', step: 'change/capture', result: SNAPSHOT }], record)
  const [captured] = await api.record.entries({ kinds: ['step-succeeded'], newestFirst: true, limit: 1 })
  expect(captured?.body).toMatchObject({ result: SNAPSHOT })

  const headers = { authorization: `Bearer ${secretFor('admin')}` }
  const paths = (Object.keys(contract) as RouteName[])
    .filter((name) => contract[name].method === 'GET')
    .map((name) => contract[name].path.replace('/incidents/:id', '/incidents/inc-1').replaceAll(/:\w+/g, 'run-1'))
  for (const path of [
    ...paths,
    '/metrics',
    '/api/v1/record?limit=1000',
    `/api/v1/record?text=${CAPTURED}`,
    '/nowhere',
    '/',
  ]) {
    const text = await (await fetch(api.base + path, { headers })).text()
    for (const secret of PLANTED) expect(text.includes(secret), `${secret} in ${path}`).toBe(false)
  }
  const shown = await (
    await fetch(`${api.base}/api/v1/record?kind=step-succeeded&order=newest&limit=1`, { headers })
  ).text()
  expect(shown).toContain('"replicas":3')
  // Nor can it be found out by searching for a part of it.
  const found = await (await fetch(`${api.base}/api/v1/record?text=${CAPTURED.slice(0, 10)}`, { headers })).json()
  expect(found).toMatchObject({ items: [] })
  log.warn({ problem: CARELESS, values: SNAPSHOT }, CARELESS)
  for (const secret of PLANTED) expect(lines.join('\n').includes(secret), `${secret} in the log`).toBe(false)
  expect(lines.length).toBeGreaterThan(1)

  const { out } = await ran(['record', 'export', '--data', api.folder])
  for (const secret of PLANTED) expect(out.includes(secret), `${secret} in the export`).toBe(false)
  expect(out.split('\n').filter((line) => line.includes('"redacted":true'))).toHaveLength(1)
})
