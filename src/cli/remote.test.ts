import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { secretFor, startedApi, tokenFor, type StartedApi } from '../../test/fixtures/api.ts'
import { type Ran, ran } from '../../test/fixtures/cli.ts'
import { healed, tell, WEB } from '../../test/fixtures/incidents.ts'
import { EXIT } from './exit.ts'

let api: StartedApi
beforeEach(async () => {
  const tokens = [tokenFor('viewer'), tokenFor('operator')]
  api = await startedApi({ access: () => ({ access: { tokens } }) })
  await tell(api.record, healed)
  for (const role of ['viewer', 'operator', 'wrong']) writeFileSync(join(api.folder, role), `${secretFor(role)}\n`)
})
afterEach(() => api.close())

const from = (role: string, ...argv: readonly string[]): Promise<Ran> =>
  ran([...argv, '--url', api.base, '--token-file', join(api.folder, role)])

describe('--url', () => {
  test('reads elsewhere what is read here, to the letter', async () => {
    const commands = [
      'get incidents',
      'get runs',
      'get entries',
      'get targets',
      'get holds',
      'get alerts',
      'stats --since 3650d',
    ]
    for (const command of [
      ...commands,
      'describe inc-1',
      'describe run-1',
      'describe 3',
      `describe ${WEB}`,
      'why inc-1',
    ]) {
      for (const format of ['table', 'json']) {
        const argv = [...command.split(' '), '-o', format]
        const here = await ran([...argv, '--data', api.folder])
        const there = await from('viewer', ...argv)
        // Only the order of the keys of what an entry holds may differ.
        const said = ({ out }: Ran): unknown => (format === 'json' ? JSON.parse(out) : out.split('\n').sort())
        expect([there.exit, there.err, said(there)], command).toEqual([here.exit, here.err, said(here)])
        expect(here.exit, command).toBe(EXIT.ok)
      }
    }
  })

  test('checks the record where it is', async () => {
    const { out, exit } = await from('viewer', 'record', 'verify')
    expect([out, exit]).toEqual(['record OK · 0 entries, 0 of them pruned · head 0\n', EXIT.ok])
  })

  test('gives orders in the name of the token', async () => {
    expect((await from('operator', 'pause', '--reason', 'network work')).exit).toBe(EXIT.ok)
    expect(api.operator.heard).toEqual([{ pause: { freeze: false, reason: 'network work', by: 'the-operator' } }])
    const refused = await from('viewer', 'resume', '--reason', 'done')
    expect([refused.exit, refused.err]).toEqual([EXIT.error, expect.stringMatching(/needs the role operator.*viewer/)])
    expect(api.operator.heard).toHaveLength(1)
  })

  test('says what is wrong with a token, its file or the address, and never the token', async () => {
    const wrong = await from('wrong', 'get', 'runs')
    expect([wrong.exit, wrong.err]).toEqual([EXIT.error, expect.stringContaining('not known here')])
    const absent = await from('absent', 'get', 'runs')
    expect([absent.exit, absent.err]).toEqual([
      EXIT.usage,
      expect.stringMatching(/cannot read the token.*--token-file/),
    ])
    const nobody = await ran(['get', 'runs', '--url', 'http://127.0.0.1:1'])
    expect([nobody.exit, nobody.err]).toEqual([EXIT.error, expect.stringContaining('cannot reach http://127.0.0.1:1')])
    expect((await ran(['get', 'runs', '--url', 'x'])).exit).toBe(EXIT.usage)
    for (const { err, out } of [wrong, absent, nobody]) expect(err + out).not.toContain('0123456789')
  })

  test('what needs the machine itself says so', async () => {
    const { exit, err } = await from('viewer', 'record', 'backup', 'x.db')
    expect([exit, err]).toEqual([EXIT.usage, expect.stringContaining('on the machine itself')])
  })
})

test('openapi prints the contract as a document', async () => {
  const { out, exit } = await ran(['openapi'])
  expect([exit, JSON.parse(out)]).toEqual([EXIT.ok, expect.objectContaining({ openapi: '3.1.1' })])
})
