import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { memoryInstances } from '../../test/fakes/memory-instances.ts'
import { TerminalError } from '../domain/errors.ts'
import { actions } from './registry.ts'

const target = 'lab:shop/instance/web-1'
const abort = new AbortController().signal

/** Files of the folder that are no actions. */
const BUILDERS = ['erase', 'operation', 'registry', 'setting']

test('every action of the folder is in the registry, under the name of its file', () => {
  const files = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
  const names = files.map((name) => name.replace(/\.ts$/, '')).filter((name) => !BUILDERS.includes(name))
  expect([...actions.keys()].toSorted()).toEqual(names.toSorted())
})

test('every action is in its table for people', () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/actions.md'), 'utf8')
  for (const name of actions.keys()) expect(page).toContain(`| \`${name}\` |`)
})

test('an erased action works on what came out of the record', async () => {
  const action = actions.get('restart-instance')!
  const instances = memoryInstances([target])
  const x = { params: { target }, tools: { instances }, abort }
  const before = JSON.parse(JSON.stringify(await action.capture(x)))
  await action.apply({ ...x, before, key: 'run-1/apply' })
  expect(await action.verify({ ...x, before, key: 'run-1/apply' })).toEqual({ status: 'pass' })
  expect(instances.effects).toHaveLength(1)
})

test.each([
  ['parameters that are none of its own', { target: 'everything' }, {}],
  ['parameters it does not know', { target, force: true }, {}],
  ['a snapshot that is none of its own', { target }, { identity: 7 }],
])('an erased action refuses %s, and does nothing', async (_what, params, before) => {
  const instances = memoryInstances([target])
  const x = { params, before, key: 'run-1/apply', tools: { instances }, abort }
  await expect(actions.get('restart-instance')!.apply(x)).rejects.toBeInstanceOf(TerminalError)
  expect(instances.effects).toHaveLength(0)
})

test('an erased action refuses a connector without the capability it needs', async () => {
  const asked = actions.get('restart-instance')!.capture({ params: { target }, tools: {}, abort })
  await expect(asked).rejects.toThrow("cannot restart-instance: the target's connector offers no 'instances'")
})
