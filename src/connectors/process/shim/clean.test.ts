import fc from 'fast-check'
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { removable, type Found } from './clean.ts'
import { diskOperation, remove, usedPercent } from './disk.ts'
import { filesOf, type Files } from './files.ts'
import { matches } from './glob.ts'
import type { CleanRule, Disk } from './sections.ts'

test.each<[string, string, boolean]>([
  ['*.log', 'a.log', true],
  ['*.log', 'logs/a.log', false],
  ['*.log', '.log', false],
  ['.*', '.hidden', true],
  ['logs/*', 'logs/a', true],
  ['logs/*', 'logs/old/a', false],
  ['logs/**', 'logs/old/a', true],
  ['**/*.log', 'a.log', true],
  ['**/*.log', 'x/y/a.log', true],
  ['**/*.log', '.git/a.log', false],
  ['a?c', 'abc', true],
  ['a?c', 'a/c', false],
  ['a.c', 'abc', false],
  ['(a+)', 'aa', false],
  ['*', 'two\nlines', true],
])('the glob %s on %j: %s', (glob, path, expected) => {
  expect(matches(glob, path)).toBe(expected)
})

const name = fc.constantFrom('a.log', 'b.log', 'c.tmp', 'core')
const path = fc
  .array(fc.constantFrom('x', 'y'), { maxLength: 2 })
  .chain((dirs) => name.map((n) => [...dirs, n].join('/')))
const files = fc.uniqueArray(
  fc.record({ path, bytes: fc.nat(1000), changedAtMs: fc.integer({ min: 0, max: 10_000 }) }),
  { selector: (file) => file.path, maxLength: 12 },
)
const rule: fc.Arbitrary<CleanRule> = fc.record(
  {
    glob: fc.constantFrom('*.log', '**/*.log', 'x/*', 'x/**', '*', '**', 'core'),
    olderThan: fc.constantFrom('0s', '2s', '5s'),
    keepNewest: fc.nat(3),
  },
  { requiredKeys: ['glob'] },
)
const NOW = 10_000
const old = ({ olderThan }: CleanRule): number => NOW - Number((olderThan ?? '0s').replace('s', '000'))

test('what goes is named by a rule and old enough for it, and no rule keeps it as one of its newest', () => {
  fc.assert(
    fc.property(fc.array(rule, { maxLength: 3 }), files, (rules, found) => {
      for (const file of removable(rules, found, NOW)) {
        expect(rules.some((one) => matches(one.glob, file.path) && file.changedAtMs <= old(one))).toBe(true)
        for (const { glob, keepNewest = 0 } of rules.filter((one) => matches(one.glob, file.path))) {
          const newer = found.filter((other) => matches(glob, other.path) && other.changedAtMs >= file.changedAtMs)
          expect(newer.length).toBeGreaterThan(keepNewest)
        }
      }
    }),
  )
})

test('a rule alone removes all that it names but what it keeps', () => {
  fc.assert(
    fc.property(rule, files, (one, found) => {
      const named = found.filter(({ path: at }) => matches(one.glob, at))
      const oldEnough = named.filter(({ changedAtMs }) => changedAtMs <= old(one)).length
      const gone = removable([one], found, NOW).length
      expect(gone).toBe(Math.min(oldEnough, Math.max(0, named.length - (one.keepNewest ?? 0))))
    }),
  )
})

let dir: string
let own: Files
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'disk-'))
  own = filesOf({ dir: join(dir, 'shim'), instance: 'web-1' })
})
afterEach(() => rmSync(dir, { recursive: true }))

function write({ path: at, bytes, changedAtMs }: Found, root: string): void {
  mkdirSync(dirname(join(root, at)), { recursive: true })
  writeFileSync(join(root, at), 'x'.repeat(bytes))
  utimesSync(join(root, at), changedAtMs / 1000, changedAtMs / 1000)
}

function treeOf(root: string): string[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .toSorted()
}

test('on a real disk exactly these files go, and the facts have said so', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(rule, { maxLength: 3 }), files, async (clean, found) => {
      const root = join(dir, 'data')
      rmSync(root, { recursive: true, force: true })
      mkdirSync(root)
      for (const file of found) write(file, root)
      const disk: Disk = { path: root, capacityBytes: 10_000, clean }
      own.forget()
      const operation = diskOperation(disk, own)
      const { facts, generation } = await operation.read()
      // The files are decades old: every age that a rule asks for has passed.
      const gone = removable(clean, found, Date.now())
      const bytes = (of: readonly Found[]): number => of.reduce((sum, file) => sum + file.bytes, 0)
      expect(facts).toMatchObject({ files: gone.length, wouldFreeBytes: bytes(gone) })
      expect(facts['usedPercent']).toBeCloseTo(bytes(found) / 100)
      await operation.run({ params: {}, ifGeneration: generation, key: 'k' })
      expect(treeOf(root)).toEqual(
        found
          .filter((file) => !gone.includes(file))
          .map((file) => file.path)
          .toSorted(),
      )
    }),
    { numRuns: 30 },
  )
})

test('nothing behind a link is removed, or counted, and the link stays', async () => {
  const [root, outside] = [join(dir, 'data'), join(dir, 'outside')]
  write({ path: 'precious.log', bytes: 500, changedAtMs: 0 }, outside)
  write({ path: 'a.log', bytes: 100, changedAtMs: 0 }, root)
  symlinkSync(outside, join(root, 'folder'))
  symlinkSync(join(outside, 'precious.log'), join(root, 'file.log'))
  const disk = { path: root, capacityBytes: 1000, clean: [{ glob: '**' }] }
  expect(await usedPercent(disk)).toBe(10)
  await diskOperation(disk, own).run({ params: {}, ifGeneration: 0, key: 'k' })
  expect(readFileSync(join(outside, 'precious.log'), 'utf8')).toHaveLength(500)
  expect(readdirSync(root).toSorted()).toEqual(['file.log', 'folder'])
})

test('a file that changed since it was seen, or is reached through a link now, is left', async () => {
  const [root, outside] = [join(dir, 'data'), join(dir, 'outside')]
  const seen = { path: 'x/a.log', bytes: 1, changedAtMs: 5000 }
  write(seen, root)
  expect(await remove(root, { ...seen, changedAtMs: 4000 })).toBe(false)
  write({ ...seen, path: 'a.log' }, outside)
  rmSync(join(root, 'x'), { recursive: true })
  symlinkSync(outside, join(root, 'x'))
  expect(await remove(root, seen)).toBe(false)
  expect(treeOf(outside)).toEqual(['a.log'])
  rmSync(join(root, 'x'))
  expect(await remove(root, seen)).toBe(false)
  write(seen, root)
  expect(await remove(root, seen)).toBe(true)
  expect(treeOf(root)).toEqual([])
})

test('a disk that is itself reached through a link is cleaned where it is', async () => {
  write({ path: 'a.log', bytes: 100, changedAtMs: 0 }, join(dir, 'data'))
  symlinkSync(join(dir, 'data'), join(dir, 'link'))
  await diskOperation({ path: join(dir, 'link'), clean: [{ glob: '*' }] }, own).run({
    params: {},
    ifGeneration: 0,
    key: 'k',
  })
  expect(treeOf(join(dir, 'data'))).toEqual([])
})

test('without a declared capacity the file system says how full it is; a disk that is not there is no empty one', async () => {
  const percent = await usedPercent({ path: dir, clean: [] })
  expect(percent).toBeGreaterThan(0)
  expect(percent).toBeLessThanOrEqual(100)
  const missing = { path: join(dir, 'nowhere'), capacityBytes: 1, clean: [] }
  await expect(usedPercent(missing)).rejects.toThrow('cannot look through')
  await expect(diskOperation(missing, own).run({ params: {}, ifGeneration: 0, key: 'k' })).rejects.toThrow('nowhere')
})
