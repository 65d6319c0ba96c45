import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { expect, test } from 'vitest'

const ROOT = resolve(import.meta.dirname, '..')
/** Rooms by rank (docs/design.md): a file imports its own room or a lower rank; rooms of one rank do not know each other. */
const RANKS: readonly (readonly string[])[] = [
  ['lib'],
  ['domain'],
  'config signals detect correlate diagnose decide gate actions saga assess learn notify connectors store'.split(' '),
  ['engine', 'intake'],
  ['api'],
  ['cli'],
  ['main'],
  ['main.ts'],
]

const rankOf = (room: string): number => RANKS.findIndex((rooms) => rooms.includes(room))
const files = (dir: string): string[] =>
  readdirSync(join(ROOT, dir), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name))
    .map((name) => join(ROOT, dir, name))
const importsOf = (file: string): string[] =>
  [
    ...readFileSync(file, 'utf8').matchAll(
      /^(?:import|export)\b[^'"]*?from '(\.[^']+)'|import\('(\.[^']+)'\)|new URL\('(\.[^']+)'/gm,
    ),
  ].map((match) => resolve(file, '..', match[1] ?? match[2] ?? match[3] ?? ''))
const read = (file: string): string => (existsSync(file) ? readFileSync(file, 'utf8') : '')
const roomOf = (file: string): string => relative(join(ROOT, 'src'), file).split('/')[0] ?? ''

test('imports point one way: own room or a lower rank', () => {
  const wrong: string[] = []
  for (const file of files('src').filter((name) => !name.endsWith('.test.ts'))) {
    for (const target of importsOf(file)) {
      const [from, to] = [roomOf(file), roomOf(target)]
      if (relative(ROOT, target).startsWith('src/') && (from === to || rankOf(to) < rankOf(from))) continue
      wrong.push(`${relative(ROOT, file)} imports ${relative(ROOT, target)}`)
    }
  }
  expect(wrong).toEqual([])
})

test('every room has a rank', () => {
  const rooms = readdirSync(join(ROOT, 'src'))
  expect(rooms.filter((room) => rankOf(room) < 0)).toEqual([])
})

test('only lab, bench and tests know the lab', () => {
  const knowing = files('src').filter((file) =>
    importsOf(file).some((target) => relative(ROOT, target).startsWith('lab/')),
  )
  expect(knowing.filter((file) => !file.endsWith('.test.ts'))).toEqual([])
})

test('the console knows nouns, the contract, and how the command line words them; nobody knows the console; text from outside is text', () => {
  const known = /^(?:web|src\/(?:lib|domain|api|cli))\/|^lab\/view\.ts$/
  const wrong = files('web').flatMap((file) => {
    const text = readFileSync(file, 'utf8').includes('dangerouslySetInnerHTML') ? [`${file} writes markup`] : []
    const imports = importsOf(file).map((target) => relative(ROOT, target))
    return [...text, ...imports.filter((target) => !known.test(target)).map((target) => `${file} imports ${target}`)]
  })
  const knowing = files('src').filter((file) =>
    importsOf(file).some((target) => relative(ROOT, target).startsWith('web/')),
  )
  expect([...wrong, ...knowing]).toEqual([])
})

test('no directive silences the compiler, and no file is longer than 400 lines', () => {
  // `any` is the linter's to find; it does not count lines of tests, nor these directives.
  const wrong = ['src', 'lab', 'test', 'bench', 'web'].flatMap(files).filter((file) => {
    const text = readFileSync(file, 'utf8')
    return text.split('\n').length > 401 || /\/[/*]\s*@ts-(?:ignore|nocheck)/.test(text)
  })
  expect(wrong.map((file) => relative(ROOT, file))).toEqual([])
})

test("no file names a path of somebody's machine", () => {
  const own = ['README.md', 'CHANGELOG.md', 'package.json', '.ci/run'].map((name) => join(ROOT, name))
  const texts = ['src', 'lab', 'test', 'bench', 'scripts', 'docs', 'web'].flatMap((dir) =>
    readdirSync(join(ROOT, dir), { recursive: true, encoding: 'utf8', withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name)),
  )
  const wrong = [...own, ...texts].filter((file) => /(?<![\w.:}/*-])\/(?:home|root|work|Users)\/\w/.test(read(file)))
  expect(wrong.map((file) => relative(ROOT, file))).toEqual([])
})
