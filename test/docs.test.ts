import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import type { Command } from 'commander'
import { describe, expect, test } from 'vitest'
import { isMap, parseDocument } from 'yaml'
import type { CliDeps } from '../src/cli/deps.ts'
import { programOf } from '../src/cli/program.ts'
import { loadConfig } from '../src/config/load.ts'
import { CATALOGUE } from '../src/main/config.ts'

// What the pages say is held to what there is: files, commands and keys.

const ROOT = resolve(import.meta.dirname, '..')
const inFolder = (folder: string): string[] =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((file) => join(folder, file))
const PAGES = ['README.md', 'README.zh-CN.md', 'CHANGELOG.md', ...inFolder('docs'), ...inFolder('deploy')].filter(
  (file) => file.endsWith('.md') && statSync(join(ROOT, file)).isFile(),
)

type Block = { readonly language: string; readonly text: string }
const read = (page: string): string => readFileSync(join(ROOT, page), 'utf8')
const blocksOf = (markdown: string): Block[] =>
  [...markdown.matchAll(/^```(\w*)\n(.*?)^```$/gms)].map(([, language = '', text = '']) => ({ language, text }))
const proseOf = (markdown: string): string => markdown.replaceAll(/^```\w*\n.*?^```$/gms, '')

describe('the README in its two languages', () => {
  const [english, chinese] = [read('README.md'), read('README.zh-CN.md')]

  test('has the same headings, by level, and the same code', () => {
    const levels = (markdown: string): string[] => proseOf(markdown).match(/^#+(?= )/gm) ?? []
    expect(levels(english).length).toBeGreaterThan(5)
    expect(levels(chinese)).toEqual(levels(english))
    expect(blocksOf(chinese)).toEqual(blocksOf(english))
  })

  test('links to the other, and names the same commands and files', () => {
    expect(english).toContain('](README.zh-CN.md)')
    expect(chinese).toContain('](README.md)')
    const commands = (markdown: string): string[] =>
      [...new Set(proseOf(markdown).match(/`kintsugi [^`]+`/g))].toSorted()
    expect(commands(chinese)).toEqual(commands(english))
  })
})

test.each(PAGES)('%s links to what is there', (page) => {
  const links = [...proseOf(read(page)).matchAll(/\]\((?!\w+:|#)([^)#\s]+)(?:#[^)]*)?\)/g)].map(([, link = '']) =>
    join(dirname(page), link),
  )
  expect(links.filter((link) => !existsSync(join(ROOT, link)))).toEqual([])
})

const COMMAND = /(?<![\w/:.@-])kintsugi (?:-- )?(?!kintsugi)([a-z][a-z-]+)(?: ([a-z]+))?/g

/** Every command of the command line, in full: `get`, `record verify`. */
function commandsOf({ commands }: Command): string[] {
  return commands.flatMap((each) =>
    each.commands.length > 0 ? commandsOf(each).map((name) => `${each.name()} ${name}`) : each.name(),
  )
}

describe('commands', () => {
  const quiet = { out: () => {}, err: () => {}, version: '' } as unknown as CliDeps
  const known = new Set(commandsOf(programOf(quiet, () => async () => {})))

  const wrongIn = (texts: readonly string[]): string[] =>
    texts
      .flatMap((text) => [...text.matchAll(COMMAND)])
      .filter(([, first = '', second = '']) => !known.has(first) && !known.has(`${first} ${second}`))
      .map(([text]) => text)

  test.each(PAGES)('that %s names are there', (page) => {
    const prose = proseOf(read(page)).match(/`[^`\n]+`/g) ?? []
    expect(wrongIn([...blocksOf(read(page)).map(({ text }) => text), ...prose])).toEqual([])
  })

  test('that alerts and the console tell people to type are there', () => {
    const sources = inFolder('web').filter((file) => /\.tsx?$/.test(file))
    const quoted = sources.flatMap((file) => read(file).match(/["'`]kintsugi [^"'`]+/g) ?? [])
    const rules = read('deploy/prometheus/kintsugi.rules.yaml').match(/`kintsugi [^`]+`/g) ?? []
    expect(rules.length).toBeGreaterThan(3)
    expect(wrongIn([...quoted, ...rules])).toEqual([])
  })

  test('are all in docs/cli.md, and no others', () => {
    const section = read('docs/cli.md').split('## Commands')[1]?.split('\n## ')[0] ?? ''
    expect([...section.matchAll(/^\| `([a-z -]+)` \|/gm)].map(([, name = '']) => name).toSorted()).toEqual(
      [...known].toSorted(),
    )
  })
})

describe('configuration', () => {
  const wholeFiles = PAGES.flatMap((page) =>
    blocksOf(read(page))
      .filter(({ language, text }) => language === 'yaml' && isWholeFile(text))
      .map(({ text }) => [page, text] as const),
  )

  test('is shown whole somewhere', () => expect(wholeFiles.length).toBeGreaterThan(0))

  test.each(wholeFiles)('in %s is taken', (_, text) => {
    // Whatever it refers to is there: policies, or a secret.
    const readFile = (path: string): string => (path.endsWith('.yaml') ? 'policies: []\n' : `${path}-0123456789abcdef`)
    const env = Object.fromEntries(
      [...text.matchAll(/\$\{env:(\w+)\}/g)].map(([, name = '']) => [name, `${name}-0123456789abcdef`]),
    )
    expect(() => loadConfig(text, { file: 'kintsugi.yaml', env, readFile, catalogue: CATALOGUE })).not.toThrow()
  })
})

function isWholeFile(text: string): boolean {
  const { contents } = parseDocument(text)
  return isMap(contents) && contents.has('version') && !contents.has('apiVersion')
}
