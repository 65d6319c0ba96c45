import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ran } from '../../test/fixtures/cli.ts'
import * as stories from '../../test/fixtures/incidents.ts'
import { quickRecord } from '../../test/fixtures/record.ts'
import type { Entry } from '../domain/entry.ts'
import { canonical } from '../lib/json.ts'
import { backupRecord } from '../store/backup.ts'
import { chainOf, digestOf, GENESIS } from '../store/hash.ts'
import { openReader } from '../store/reader.ts'
import { exportPages } from './export.ts'
import { EXIT } from './exit.ts'

let folder: string
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'cli-export-'))))
afterEach(() => rmSync(folder, { recursive: true }))

type Line = Omit<Entry, 'at' | 'incident' | 'run'> & {
  readonly at: string
  readonly bootMs: number
  readonly bootId: string
  readonly incident: string | null
  readonly run: string | null
}
const linesOf = (text: string): Line[] =>
  text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Line)

async function exported(...argv: string[]): Promise<Line[]> {
  const { exit, out, err } = await ran(['record', 'export', ...argv])
  expect({ exit, err }).toEqual({ exit: EXIT.ok, err: '' })
  return linesOf(out)
}

test('the export is the record, entry by entry, beside its owner and from a backup', async () => {
  const record = await quickRecord(folder)
  await stories.tell(record, stories.healed)
  const lines = await exported('--data', folder)
  expect(lines).toEqual(
    (await record.entries({})).map(({ at, incident = null, run = null, body = null, ...entry }) => {
      const { wallMs, bootMs, bootId } = at
      return { ...entry, at: new Date(wallMs).toISOString(), bootMs, bootId, incident, run, body }
    }),
  )
  const copy = join(folder, 'copy.db')
  await backupRecord(folder, copy)
  expect(await exported('--data', copy)).toEqual(lines)
  await record.close()
})

test('digests and chain can be recomputed from the lines alone', async () => {
  const record = await quickRecord(folder)
  await stories.tell(record, stories.healed)
  await record.close()
  let previous = GENESIS
  for (const line of await exported('--data', folder)) {
    const { seq, at, bootMs, bootId, kind, incident, run, digest, chain, body } = line
    expect(digestOf(canonical(body))).toBe(digest)
    const header = { seq, wall_ms: Date.parse(at), boot_ms: bootMs, boot_id: bootId, kind, incident, run, digest }
    expect(chainOf(previous, header)).toBe(chain)
    previous = chain
  }
})

/** Entries `0`, `1`, ... one each minute, before the moment at which the tests' command lines are given. */
async function minutes(count: number): Promise<void> {
  const record = await quickRecord(folder)
  for (let i = 0; i < count; i++) {
    const body = {
      kind: i % 2 ? ('resumed' as const) : ('latched' as const),
      reason: `${i}`,
      by: 'x',
      owner: stories.WEB,
    }
    await record.commit({ at: stories.at(10_000 - (count - i) * 60_000), entries: [{ body }] })
  }
  await record.close()
}
const reasons = (lines: readonly Line[]): string[] => lines.map(({ body }) => (body as { reason: string }).reason)

test('a time and kinds choose', async () => {
  await minutes(6)
  expect(reasons(await exported('--data', folder, '--since', '3m'))).toEqual(['3', '4', '5'])
  expect(reasons(await exported('--data', folder, '--since', '3m', '--kind', 'latched'))).toEqual(['4'])
  expect(reasons(await exported('--data', folder, '--kind', 'latched', 'paused'))).toEqual(['0', '2', '4'])
  expect(await exported('--data', folder, '--since', '1s')).toEqual([])
})

test('what was recorded with a clock that was set back is not lost', async () => {
  const record = await quickRecord(folder)
  for (const [reason, afterMs] of [
    ['new', 0],
    ['old', -7_200_000],
    ['newer', 5000],
  ] as const) {
    const at = { ...stories.at(afterMs), bootId: reason }
    await record.commit({ at, entries: [{ body: { kind: 'paged', about: 'x', reason } }] })
  }
  await record.close()
  expect(reasons(await exported('--data', folder, '--since', '1h'))).toEqual(['new', 'newer'])
})

test('a long record comes page by page, whole and in order', async () => {
  const record = await quickRecord(folder)
  const reasonsIn = Array.from({ length: 1250 }, (_, i) => `${i}`)
  const entries = reasonsIn.map((reason) => ({ body: { kind: 'paged' as const, about: 'x', reason } }))
  await record.commit({ at: stories.at(0), entries })
  await record.close()
  for (const query of [{}, { sinceMs: 60_000 }]) {
    const reader = openReader(folder)
    const pages: Line[][] = []
    for await (const page of exportPages(reader, query, stories.at(0))) pages.push(linesOf(page))
    reader.close()
    expect(Math.max(...pages.map((page) => page.length))).toBeLessThanOrEqual(200)
    expect(reasons(pages.flat())).toEqual(reasonsIn)
  }
})

test('an export ends where nobody reads on', async () => {
  const record = await quickRecord(folder)
  const entries = Array.from({ length: 500 }, () => ({ body: { kind: 'paged' as const, about: 'x', reason: 'y' } }))
  await record.commit({ at: stories.at(0), entries })
  await record.close()
  const taken: string[] = []
  const send = async (text: string): Promise<boolean> => taken.push(text) < 2
  expect(await ran(['record', 'export', '--data', folder], { send })).toMatchObject({ exit: EXIT.ok, out: '' })
  expect(taken).toHaveLength(2)
})

test('a line obeys nobody: what a terminal would act on is written out, and reads back as it was', async () => {
  const record = await quickRecord(folder)
  const reason = 'a\u001b[2J\u202eb\nc'
  await record.commit({ at: stories.at(0), entries: [{ body: { kind: 'paged', about: 'x', reason } }] })
  await record.close()
  const { out } = await ran(['record', 'export', '--data', folder])
  // oxlint-disable-next-line no-control-regex
  expect(out.trimEnd()).not.toMatch(/[\u0000-\u001f\u202e]/)
  expect(reasons(linesOf(out))).toEqual([reason])
})

test.each([
  [['--since', 'ever'], "'ever' is not a duration"],
  [['--kind', 'pausd'], 'Allowed choices are owner-started'],
])('export %j is refused', async (argv, message) => {
  await minutes(1)
  const { exit, out, err } = await ran(['record', 'export', '--data', folder, ...argv])
  expect({ exit, out }).toEqual({ exit: EXIT.usage, out: '' })
  expect(err).toContain(message)
})

test('an auditor is given what people did, or what one of them did', async () => {
  const record = await quickRecord(folder)
  await stories.tell(record, stories.healed)
  const at = { wallMs: Date.now(), bootMs: 1, bootId: 'b' }
  const by = (name: string, person?: string) => ({ by: name, reason: 'r', ...(person !== undefined && { person }) })
  const bodies = [
    { kind: 'paused', freeze: false, ...by('ann') },
    { kind: 'endorsed', proposal: 'prop-1', ...by('bob (oidc)', 'oidc:7') },
    { kind: 'access-refused', what: 'POST /api/v1/reload', ...by('ann') },
    { kind: 'paged', about: 'inc-1', reason: 'r' },
  ] as const
  await record.commit({ at, entries: bodies.map((body) => ({ body })) })
  const kindsOf = async (...argv: string[]): Promise<string[]> =>
    (await exported('--data', folder, ...argv)).map(({ kind }) => kind)
  expect(await kindsOf('--by', 'ann')).toEqual(['paused', 'access-refused'])
  expect(await kindsOf('--by', 'oidc:7')).toEqual(['endorsed'])
  expect(await kindsOf('--by', 'ann', '--kind', 'paused')).toEqual(['paused'])
  const people = await kindsOf('--kind', 'people')
  expect(people.slice(-3)).toEqual(['paused', 'endorsed', 'access-refused'])
  expect(people).not.toContain('paged')
  await record.close()
})
