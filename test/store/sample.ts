import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { NewEntry } from '../../src/domain/entry.ts'
import type { RunRow, Write } from '../../src/domain/ledger.ts'
import type { Commit } from '../../src/domain/ports.ts'
import type { ResourceRef } from '../../src/domain/resource.ts'
import type { Moment } from '../../src/lib/clock.ts'

/** Small pieces of a record for its tests. */
export const WEB: ResourceRef = 'lab:shop/service/web'
export const WEB_1: ResourceRef = 'lab:shop/instance/web-1'

export const newFolder = (): string => mkdtempSync(join(tmpdir(), 'kintsugi-record-'))

export const momentAt = (ms: number): Moment => ({
  wallMs: 1_700_000_000_000 + ms,
  bootMs: 1000 + ms,
  bootId: 'boot-a',
})

export const paged = (reason: string, about: Partial<NewEntry> = {}): NewEntry => ({
  body: { kind: 'paged', about: 'test', reason },
  ...about,
})

export const commitOf = (reason: string, writes: readonly Write[] = [], more: Partial<Commit> = {}): Commit => ({
  at: momentAt(0),
  entries: [paged(reason)],
  writes,
  ...more,
})

export const runRow = (run: string): Omit<RunRow, 'startedAt'> => ({
  run,
  incident: 'inc-1',
  plan: `plan-${run}`,
  owner: WEB,
  target: WEB_1,
})
