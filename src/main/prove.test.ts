import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { engineWorld } from '../../test/engine-world.ts'
import { ran } from '../../test/fixtures/cli.ts'
import { WEB_1 } from '../../test/gate-world.ts'
import { momentAt, newFolder } from '../../test/store/sample.ts'
import { chainOf, digestOf, GENESIS } from '../store/hash.ts'
import { openRecord } from '../store/record.ts'
import type { StoredEntry } from '../store/sql/entries.ts'
import { prove } from './prove.ts'

let folder: string
let run: string

/** The record of one run that healed, closed. */
beforeAll(async () => {
  folder = newFolder()
  const options = { inProcess: true, synchronous: 'off', reserveBytes: 0 } as const
  const record = await openRecord({ folder, moment: () => momentAt(0), ...options })
  const world = engineWorld(record)
  const running = await world.start()
  world.instances.set(WEB_1, { running: false })
  await world.clock.advance(15_000)
  await world.stop(running)
  run = (await record.runs({ limit: 1 }))[0]?.run ?? ''
  await record.close()
})
afterAll(() => rmSync(folder, { recursive: true }))

/** Every byte that an entry has, but for its number, by where it stands: a changed number is another entry's. */
type Place = { readonly seq: number; readonly table: string; readonly column: string; readonly length: number }

function withDb<T>(use: (db: DatabaseSync) => T): T {
  const db = new DatabaseSync(join(folder, 'record.db'))
  try {
    return use(db)
  } finally {
    db.close()
  }
}

const COLUMNS: readonly (readonly [string, string])[] = [
  ['payloads', 'body'],
  ...['wall_ms', 'boot_ms', 'boot_id', 'kind', 'incident', 'run', 'digest', 'chain'].map(
    (column) => ['entries', column] as const,
  ),
]

function placesOf(): Place[] {
  return withDb((db) =>
    COLUMNS.flatMap(([table, column]) =>
      db
        .prepare(`select seq, length(${column}) as length from ${table} where ${column} is not null`)
        .all()
        .map(({ seq, length }) => ({ table, column, seq: Number(seq), length: Number(length) })),
    ),
  )
}

test('a run that healed is proven by the command line', async () => {
  const { exit, out } = await ran(['prove', run, '--data', folder])
  expect(out).toContain('PROVEN')
  expect(exit).toBe(0)
  expect(out).toMatch(/✓ verdict derived again: same/)
  expect(out).toMatch(/derived with .*, decided with test/)
})

test('whichever byte is changed, it is found, and its entry is named', async () => {
  const places = placesOf()
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...places),
      fc.nat(),
      fc.integer({ min: 1, max: 127 }),
      async (place, at, flip) => {
        const { table, column, seq, length } = place
        const where = `where seq = ${seq}`
        const original = withDb((db) => db.prepare(`select ${column} as was from ${table} ${where}`).get()?.['was'])
        const text = String(original)
        const i = at % length
        const changed = text.slice(0, i) + String.fromCharCode((text.charCodeAt(i) % 128) ^ flip) + text.slice(i + 1)
        const isNumber = typeof original === 'number'
        const value = isNumber ? original + flip : changed
        withDb((db) => db.prepare(`update ${table} set ${column} = ? ${where}`).run(value))
        try {
          const { proven, chain } = await prove(folder, run)
          expect(proven).toBe(false)
          expect(chain.problems[0]).toMatch(new RegExp(`^entry ${seq} `))
        } finally {
          withDb((db) => db.prepare(`update ${table} set ${column} = ? ${where}`).run(original ?? null))
        }
      },
    ),
    { numRuns: 60 },
  )
  expect((await prove(folder, run)).proven).toBe(true)
})

/** Writes an entry anew, and the chain from there on, as somebody would who knows how it is made. */
function rewrite(seq: number, anew: string): void {
  withDb((db) => {
    let before = GENESIS
    const rows = db.prepare('select * from entries left join payloads using (seq) order by seq').all()
    for (const row of rows as unknown as StoredEntry[]) {
      const body = row.seq === seq ? anew : String(row.body)
      const header = { ...row, digest: digestOf(body) }
      before = chainOf(before, header)
      db.prepare('update payloads set body = ? where seq = ?').run(body, row.seq)
      db.prepare('update entries set digest = ?, chain = ? where seq = ?').run(header.digest, before, row.seq)
    }
  })
}

test.each([
  ['step-started', '"reason":"not paused"', '"reason":"is paused"'],
  ['run-started', '"remedy":"restart-instance"', '"remedy":"restart-service"'],
  ['diagnosed', '"cause":"dead-instance"', '"cause":"deaf-instance"'],
  ['assessed', '"result":"better"', '"result":"worse"'],
  ['run-ended', '"outcome":"healed"', '"outcome":"helped"'],
])('a %s that somebody wrote anew, chain and all, is derived differently', async (kind, was, lie) => {
  const rows = withDb((db) =>
    db.prepare('select seq, body from payloads join entries using (seq) where kind = ? order by seq').all(kind),
  )
  const row = rows.findLast(({ body }) => String(body).includes(was))
  const [seq, body] = [Number(row?.['seq']), String(row?.['body'])]
  rewrite(seq, body.replace(was, lie))
  const { proven, chain, account } = await prove(folder, run)
  expect([chain.ok, proven]).toEqual([true, false])
  const wrong = account?.lines.flatMap(({ derived }) => derived).filter(({ result }) => result !== 'same')
  expect(wrong?.flatMap(({ problems }) => problems).join()).toContain(lie.split('"')[3])
  rewrite(seq, body)
  expect((await prove(folder, run)).proven).toBe(true)
})

test('a run that nobody knows is a mistake of who asks', async () => {
  expect(await ran(['prove', 'run-of-nobody', '--data', folder])).toMatchObject({ exit: 2, out: '' })
})
