import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ran, type Ran } from '../../test/fixtures/cli.ts'
import { held, tell } from '../../test/fixtures/incidents.ts'
import { listeningOperator } from '../../test/fixtures/operator.ts'
import { quickRecord } from '../../test/fixtures/record.ts'
import { callOwner } from '../api/client.ts'
import { socketPathIn } from '../api/socket.ts'
import { startApi } from '../api/start.ts'
import type { Overview, PolicyView, TargetView } from '../domain/view.ts'
import { silentLog } from '../lib/log.ts'

const fixture = <T>(name: string): T =>
  JSON.parse(readFileSync(join(import.meta.dirname, '../../web/fixtures', `${name}.json`), 'utf8')) as T
const targets = fixture<readonly TargetView[]>('targets')
const policies = fixture<readonly PolicyView[]>('policies')
const overview = fixture<Overview>('overview-busy')

let folder: string
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'known-'))))
afterEach(() => rmSync(folder, { recursive: true }))

/** What `use` comes to while an owner answers with what it knows of targets and policies. */
async function withOwner<const T>(use: () => Promise<T>): Promise<T> {
  const record = await quickRecord(folder)
  await tell(record, held)
  const quiet = listeningOperator()
  const views = {
    ...quiet.views,
    overview: async () => overview,
    targets: async () => targets,
    policies: async () => policies,
  }
  const api = await startApi({
    operator: listeningOperator({ views }),
    reader: record,
    metrics: async () => '',
    socketPath: socketPathIn(folder),
    log: silentLog,
  })
  try {
    return await use()
  } finally {
    await api.close()
    await record.close()
  }
}
const asked = (...argv: string[]): Promise<Ran> => withOwner(() => ran([...argv, '--data', folder]))

test('get targets lists every target that the owner knows, with its state and its policies', async () => {
  const { out, err } = await asked('get', 'targets')
  expect(err).toBe('')
  for (const { target, state } of targets) expect(out).toMatch(new RegExp(`${target} +${state} `))
  expect(out).toMatch(/worker-1 +held +held by ben: disk swap +instance-down/)
})

test('get policies says what each comes to now, and what keeps it from acting by itself', async () => {
  const [table, json] = await withOwner(async () => [
    await ran(['get', 'policies', '--data', folder]),
    await ran(['get', 'policies', '-o', 'json', '--data', folder]),
  ])
  expect(table.out).toMatch(
    /db-slow .*rate\(shop_requests_total\[5s\]\).* 2: lab:shop\/instance\/db-1, .*autonomy: approve/,
  )
  expect(JSON.parse(json.out)).toMatchObject({ policies })
})

test('a client is answered with what the owner shows, and with a problem for what is not there', async () => {
  await withOwner(async () => {
    const owner = callOwner(socketPathIn(folder))
    expect(await owner.overview({})).toEqual(overview)
    expect(await owner.targets({})).toEqual(targets)
    expect(await owner.policies({})).toEqual(policies)
    const { incident, entries, plans } = await owner.incident({ id: 'inc-1' })
    expect({ id: incident.id, entries: entries.length, plans }).toEqual({ id: 'inc-1', entries: 3, plans: [] })
    expect(await owner.plans({ incident: 'inc-1' })).toEqual([])
    await expect(owner.plans({ incident: 'inc-9' })).rejects.toThrow("no incident 'inc-9'")
  })
})
