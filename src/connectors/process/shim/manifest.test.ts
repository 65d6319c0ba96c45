import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Manifest } from './schema.ts'

const least = {
  namespace: 'shop',
  service: 'web',
  instance: 'web-1',
  command: ['node'],
  address: '127.0.0.1:1',
  dir: 'shims',
}

test('the manifest of the documentation is one', () => {
  const docs = readFileSync(join(import.meta.dirname, '../../../../docs/process-connector.md'), 'utf8')
  const [, example = ''] = /```json\n(.*?)```/s.exec(docs) ?? []
  const manifest = Manifest.parse(JSON.parse(example))
  // All that there is, is shown.
  const sections = ['standby', 'admin', 'configuration', 'disk', 'commands', 'memoryLimitBytes']
  expect(Object.keys(manifest)).toEqual(expect.arrayContaining(sections))
})

test('the sections may be left out', () => {
  expect(Manifest.parse(least)).toEqual({ ...least, dependsOn: [], ready: 'none' })
})

const disk = (rule: object): object => ({ disk: { path: '/data', clean: [rule] } })

test.each<[string, object, RegExp]>([
  ['a capability that nobody knows', { admin: { shell: '/admin/shell' } }, /shell/],
  ['a path that is an address', { admin: { caches: '//other:80/cache@x' } }, /expected a path/],
  ['settings in a relative file', { configuration: { file: 'web.json' } }, /absolute path/],
  ['a signal that ends', { configuration: { file: '/etc/web.json', reload: 'SIGKILL' } }, /SIGHUP/],
  ['the root as a disk', { disk: { path: '/', clean: [] } }, /below the root/],
  ['a glob that climbs', disk({ glob: '../**' }), /'\.\.'/],
  ['a glob from the root', disk({ glob: '/etc/*' }), /relative/],
  ['a glob in other words', disk({ glob: '*.{log,tmp}' }), /only \*, \*\* and \?/],
  ['a glob of stars', disk({ glob: '*'.repeat(9) }), /eight stars/],
  ['an age without a unit', disk({ glob: '*', olderThan: '7' }), /duration/],
  ['fewer than none kept', disk({ glob: '*', keepNewest: -1 }), /keepNewest/],
  ['a capacity of nothing', { disk: { path: '/data', capacityBytes: 0, clean: [] } }, /capacityBytes/],
  ['a command for a shell', { commands: { one: { argv: 'rm -rf /' } } }, /argv/],
  ['a command of nothing', { commands: { one: { argv: [] } } }, /argv/],
  ['a command without end', { commands: { one: { argv: ['x'], timeoutMs: 1e9 } } }, /timeoutMs/],
  ['a command with the name of a path', { commands: { '../one': { argv: ['x'] } } }, /plain name/],
  ['a memory of words', { memoryLimitBytes: '1G' }, /memoryLimitBytes/],
])('%s is refused, and the error says what is wrong', (_what, section, message) => {
  const { error } = Manifest.safeParse({ ...least, ...section })
  expect(error?.message).toMatch(message)
})
