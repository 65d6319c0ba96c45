import { Command } from 'commander'
import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ran } from '../../test/fixtures/cli.ts'
import { EXIT } from './exit.ts'
import { commands } from './registry.ts'

const here = import.meta.dirname
const doc = readFileSync(resolve(here, '../../docs/cli.md'), 'utf8')
const unbound = () => async (): Promise<void> => {}

/** The names of all commands as they are typed: `get`, `record verify`. */
function names(command: Command, before = ''): string[] {
  return command.commands.flatMap((sub) => {
    const name = `${before}${sub.name()}`
    return sub.commands.length > 0 ? names(sub, `${name} `) : [name]
  })
}

const program = new Command()
for (const command of commands) command.register(program, unbound)
const known = names(program)

test('every file of the folder is one command of the registry', () => {
  const files = readdirSync(join(here, 'commands')).map((file) => file.replace(/\.ts$/, ''))
  expect(commands.map(({ name }) => name).toSorted()).toEqual(files.toSorted())
  expect(program.commands.map((command) => command.name())).toEqual(commands.map(({ name }) => name))
})

describe('help', () => {
  test.each(known)('of %s says what it does, and shows an example that names it', async (name) => {
    const { exit, out, err } = await ran([...name.split(' '), '--help'])
    expect({ exit, err }).toEqual({ exit: EXIT.ok, err: '' })
    expect(out).toMatch(new RegExp(`Examples?:\\n  \\$ kintsugi ${name}`))
  })

  test('without a command lists them all and is a usage error', async () => {
    const { exit, err } = await ran([])
    expect(exit).toBe(EXIT.usage)
    for (const { name } of commands) expect(err).toContain(`  ${name} `)
  })

  test('the version is printed', async () => {
    expect(await ran(['--version'])).toEqual({ exit: EXIT.ok, out: '0.1.0\n', err: '' })
  })
})

describe('docs/cli.md', () => {
  const rows = (title: string): string[][] =>
    (doc.split(`\n## ${title}\n`)[1]?.split('\n## ')[0] ?? '')
      .split('\n')
      .filter((line) => /^\| (?!Co|-)/.test(line))
      .map((line) => line.split('|').map((cell) => cell.trim()))

  test('names every command, and no other', () => {
    expect(rows('Commands').map(([, name]) => name)).toEqual(known.map((name) => `\`${name}\``))
  })

  test('names every exit code, and no other', () => {
    const told = Object.fromEntries(rows('Exit codes').map(([, code, name]) => [name, Number(code)]))
    expect(told).toEqual(EXIT)
  })

  test('its examples are commands that parse', () => {
    const examples = [...doc.matchAll(/^kintsugi (\S+(?: verify)?)/gm)].map(([, name]) => name)
    expect(examples.length).toBeGreaterThan(5)
    expect(known).toEqual(expect.arrayContaining(examples))
  })
})
