import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { at, plan } from '../../test/fixtures/incidents.ts'
import { quickRecord } from '../../test/fixtures/record.ts'
import type { NewEntry } from '../domain/entry.ts'
import { ConflictError } from '../domain/errors.ts'
import type { Write } from '../domain/ledger.ts'
import type { Proposal } from '../domain/proposal.ts'
import type { OwnedRecord } from './record.ts'

let folder: string
let record: OwnedRecord
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'proposals-'))
  record = await quickRecord(folder)
})
afterEach(async () => {
  await record.close()
  rmSync(folder, { recursive: true })
})

const proposalOf = (id: string, incident: string): Proposal => ({
  id,
  incident,
  plan,
  verdict: { answer: 'hold', answers: [] },
  preview: [],
  proposedAt: at(0).wallMs,
  expiresAt: at(1000).wallMs,
  since: at(0),
})
const commit = (entry: NewEntry, ...writes: Write[]) => record.commit({ at: at(5), entries: [entry], writes })
const opened = (incident: string): Promise<number> =>
  commit(
    { incident, body: { kind: 'incident-opened', owner: plan.owner, severity: 'high', findings: [] } },
    { do: 'open-incident', incident, owner: plan.owner },
  )
const propose = (proposal: string, incident: string): Promise<number> =>
  commit(
    { incident, body: { kind: 'proposed', proposal: proposalOf(proposal, incident) } },
    { do: 'open-proposal', proposal, incident },
  )
const end = (proposal: string, by: string): Promise<number> =>
  commit(
    { body: { kind: 'proposal-ended', proposal, as: 'rejected', reason: 'no', by } },
    { do: 'close-proposal', proposal, as: 'rejected', reason: 'no', by },
  )

test('of two who end a proposal at once, one does, and the other is refused', async () => {
  await opened('inc-1')
  await propose('prop-1', 'inc-1')
  const ends = await Promise.allSettled([end('prop-1', 'ada'), end('prop-1', 'bob')])
  expect(ends.map(({ status }) => status)).toEqual(['fulfilled', 'rejected'])
  const ended = { as: 'rejected', by: 'ada', reason: 'no', at: at(5).wallMs }
  expect(await record.proposals({ state: 'all' })).toEqual([{ proposal: proposalOf('prop-1', 'inc-1'), ended }])
  expect(await record.proposals({})).toEqual([])
})

test('one is open in an open incident, which does not close before it has ended', async () => {
  await expect(propose('prop-1', 'inc-1')).rejects.toThrow(ConflictError)
  await opened('inc-1')
  await propose('prop-1', 'inc-1')
  await expect(propose('prop-2', 'inc-1')).rejects.toThrow("'prop-1' is open")
  const close = (): Promise<number> =>
    commit(
      { incident: 'inc-1', body: { kind: 'incident-closed', endedBy: 'itself' } },
      { do: 'close-incident', incident: 'inc-1' },
    )
  await expect(close()).rejects.toThrow("'prop-1' is open in it")
  await end('prop-1', 'ada')
  await close()
  await expect(propose('prop-3', 'inc-1')).rejects.toThrow('is not open')
})

test('they are listed newest first, by incident, and page by page', async () => {
  for (const [i, incident] of ['inc-1', 'inc-2', 'inc-3'].entries()) {
    await opened(incident)
    await propose(`prop-${i + 1}`, incident)
  }
  const ids = async (query: Parameters<typeof record.proposals>[0]): Promise<string[]> =>
    (await record.proposals(query)).map(({ proposal }) => proposal.id)
  expect(await ids({ limit: 2 })).toEqual(['prop-3', 'prop-2'])
  expect(await ids({ limit: 2, after: 'prop-2' })).toEqual(['prop-1'])
  expect(await ids({ incident: 'inc-2' })).toEqual(['prop-2'])
  expect(await ids({ proposal: 'prop-none' })).toEqual([])
})
