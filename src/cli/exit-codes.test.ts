import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ran } from '../../test/fixtures/cli.ts'
import * as stories from '../../test/fixtures/incidents.ts'
import { listeningOperator } from '../../test/fixtures/operator.ts'
import { quickRecord } from '../../test/fixtures/record.ts'
import { socketPathIn } from '../api/socket.ts'
import { startApi } from '../api/start.ts'
import { BlindError, RecordUnwritableError, TerminalError, UsageError } from '../domain/errors.ts'
import type { Operator } from '../domain/operator.ts'
import { silentLog } from '../lib/log.ts'
import type { Check, CliDeps } from './deps.ts'
import { EXIT } from './exit.ts'

let folder: string
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'cli-'))))
afterEach(() => rmSync(folder, { recursive: true }))

async function told(story: Parameters<typeof stories.tell>[1]): Promise<void> {
  const record = await quickRecord(folder)
  await stories.tell(record, story)
  await record.close()
}

/** Runs `use` while an owner answers on the data folder's socket. */
async function withOwner(operator: Operator, use: () => Promise<void>): Promise<void> {
  const record = await quickRecord(folder)
  const socketPath = socketPathIn(folder)
  const api = await startApi({ operator, reader: record, metrics: async () => '', socketPath, log: silentLog })
  try {
    await use()
  } finally {
    await api.close()
    await record.close()
  }
}

const throwing = (error: Error) => async (): Promise<never> => {
  throw error
}

describe('why ends with what stands in the way', () => {
  test.each([
    ['nothing: it is over', stories.healed, EXIT.ok],
    ['a limit', stories.held, EXIT.held],
    ['a person who has to come', stories.parked, EXIT.held],
    ['a person who was called', stories.paged, EXIT.held],
    ['a decision to do nothing', stories.left, EXIT.denied],
    ['nothing any more: a person released it', stories.released, EXIT.ok],
    ['a rule', stories.denied, EXIT.denied],
    ['shadow', stories.shadowed, EXIT.denied],
    ['a limit, in shadow too', stories.heldInShadow, EXIT.held],
    ['a signal that is not fresh', stories.unseen, EXIT.blind],
    ['blindness itself', stories.blind, EXIT.blind],
  ])('%s', async (_name, story, exit) => {
    await told(story)
    const { exit: ended, err } = await ran(['why', 'inc-1', '--data', folder])
    expect({ ended, err }).toEqual({ ended: exit, err: '' })
  })
})

describe('the record', () => {
  test('verifies whole, and is an error once a body was changed behind its back', async () => {
    await told(stories.healed)
    const good = await ran(['record', 'verify', '--data', folder])
    expect(good).toMatchObject({ exit: EXIT.ok, out: expect.stringMatching(/^record OK · 8 entries/) })
    const db = new DatabaseSync(join(folder, 'record.db'))
    db.exec(`update payloads set body = replace(body, 'healed', 'helped') where seq = 7`)
    db.close()
    const bad = await ran(['record', 'verify', '--data', folder])
    expect(bad.exit).toBe(EXIT.error)
    expect(bad.out).toContain('entry 7')
  })

  test('is copied to a new file, and never over an old one', async () => {
    await told(stories.healed)
    const file = join(folder, 'copy.db')
    const { exit, out } = await ran(['record', 'backup', file, '--data', folder])
    expect(exit).toBe(EXIT.ok)
    expect(out).toMatch(
      /^the record is copied to .*copy\.db, and verified: 8 entries · the last of 2026-.* · \d+ bytes/,
    )
    expect((await ran(['record', 'verify', '--data', file])).exit).toBe(EXIT.ok)
    expect(await ran(['record', 'backup', file, '--data', folder])).toMatchObject({
      exit: EXIT.error,
      err: expect.stringContaining('the file exists'),
    })
  })

  test('is put back from a copy, and says what is lost and that it is frozen', async () => {
    await told(stories.healed)
    const file = join(folder, 'copy.db')
    await ran(['record', 'backup', file, '--data', folder])
    expect(await ran(['record', 'restore', file, '--data', folder])).toMatchObject({
      exit: EXIT.error,
      err: expect.stringContaining('--replace puts it aside'),
    })
    const { exit, out } = await ran(['record', 'restore', file, '--data', folder, '--replace'])
    expect(exit).toBe(EXIT.ok)
    expect(out).toMatch(
      /^the record is restored, and verified: 8 entries · head \w{64}\nLOST: what was recorded after 2026-/,
    )
    expect(out).toContain('it starts frozen')
    expect((await ran(['get', '--data', folder])).out.split('\n')[0]).toMatch(/FROZEN by ann: restored from a backup/)
    expect((await ran(['record', 'restore', file, '--url', 'http://x'])).exit).toBe(EXIT.usage)
  })

  test('that is not there is an error that says where it was looked for', async () => {
    expect(await ran(['get', '--data', folder])).toMatchObject({
      exit: EXIT.error,
      err: expect.stringContaining(folder),
    })
  })
})

describe('what is typed wrong ends with 2 and says so on standard error', () => {
  test.each([
    [['get', '--colour'], "unknown option '--colour'"],
    [['mend'], "unknown command 'mend'"],
    [['get', 'pods'], 'Allowed choices are incidents'],
    [['get', '-o', 'xml'], 'Allowed choices are table, json'],
    [['get', '--limit', '0'], "'0' is not a limit"],
    [['why'], "missing required argument 'incident'"],
    [['why', 'a', 'b'], 'too many arguments'],
    [['pause'], "required option '--reason <text>'"],
    [['hold', 'lab:shop/instance/web-1', '--for', 'ever', '--reason', 'x'], "'ever' is not a duration"],
    [['hold', 'web-1', '--for', '1h', '--reason', 'x'], "'web-1' is not a resource name"],
    [['why', 'inc-9'], "the record knows no incident 'inc-9', or has pruned it"],
    [['describe', 'inc-9'], "the record knows no 'inc-9'"],
  ])('kintsugi %s', async (argv, message) => {
    await told([])
    const { exit, out, err } = await ran([...argv, '--data', folder])
    expect(err).toContain(message)
    expect(err).toMatch(/^kintsugi: /)
    expect({ exit, out }).toEqual({ exit: EXIT.usage, out: '' })
  })

  test('a configuration that cannot be meant, each problem on its line', async () => {
    const loadConfig = throwing(new UsageError('kintsugi.yaml:1:1: one\nkintsugi.yaml:2:1: two\u001b[2J'))
    expect(await ran(['check-config'], { loadConfig })).toEqual({
      exit: EXIT.usage,
      out: 'kintsugi.yaml: not usable, 2 to mend\n',
      err: 'kintsugi.yaml:1:1: one\nkintsugi.yaml:2:1: two\\u001b[2J\n',
    })
    expect(await ran(['serve'], { serve: loadConfig })).toMatchObject({ exit: EXIT.usage })
  })
})

describe('doctor', () => {
  const good: Check = { name: 'record', ok: true, detail: 'whole' }
  const unseen: Check = { name: 'source gateway', ok: false, blind: true, detail: 'no answer', fix: 'start it' }
  const full: Check = { name: 'disk', ok: false, detail: '3 MiB free', fix: 'free some space' }
  test.each([
    ['all well', [good], EXIT.ok],
    ['a blind source', [good, unseen], EXIT.blind],
    ['something wrong, which weighs more', [unseen, full], EXIT.error],
    ['nothing was checked, which proves nothing', [], EXIT.error],
  ])('%s', async (_name, checks, exit) => {
    const { exit: ended, out } = await ran(['doctor', '--data', folder], { doctor: async () => checks })
    expect(ended).toBe(exit)
    expect(out).toMatch(/^UNKNOWN \(no owner answers\) · can write: unknown/)
    for (const { name } of checks) expect(out).toContain(name)
  })

  test('says so when it cannot even read the configuration', async () => {
    const loadConfig = throwing(new UsageError('no such file'))
    const { out } = await ran(['doctor'], { loadConfig, doctor: async () => [full] })
    expect(out).toMatch(/^UNKNOWN \(the configuration cannot be read\)/)
  })
})

describe('orders', () => {
  test('go to the owner with who gave them and why', async () => {
    const operator = listeningOperator()
    await withOwner(operator, async () => {
      for (const argv of [
        ['pause', '--freeze', '--reason', 'harm'],
        ['resume', '--reason', 'mended'],
        ['hold', 'shop/instance/web-1', '--for', '1h', '--reason', 'kernel'],
        ['release', 'run-1', '--reason', 'seen to'],
      ]) {
        expect(await ran([...argv, '--data', folder]), argv[0]).toMatchObject({ exit: EXIT.ok, err: '' })
      }
    })
    expect(operator.heard).toEqual([
      { pause: { freeze: true, reason: 'harm', by: 'ann' } },
      { resume: { reason: 'mended', by: 'ann' } },
      { hold: { target: 'lab:shop/instance/web-1', forMs: 3_600_000, reason: 'kernel', by: 'ann' } },
      { release: { subject: 'run-1', reason: 'seen to', by: 'ann' } },
    ])
  })

  test('that the owner refuses end as it refused them', async () => {
    const release = throwing(new UsageError('nothing there is held'))
    await withOwner(listeningOperator({ release }), async () => {
      const { exit, err } = await ran(['release', 'run-1', '--reason', 'x', '--data', folder])
      expect({ exit, err }).toEqual({ exit: EXIT.usage, err: 'kintsugi: nothing there is held\n' })
    })
  })

  test('that the owner heard but could not keep say nothing of the kill-switch file', async () => {
    const pause = throwing(new RecordUnwritableError('the disk is full'))
    await withOwner(listeningOperator({ pause }), async () => {
      const { exit, err } = await ran(['pause', '--reason', 'x', '--data', folder])
      expect({ exit, err }).toEqual({ exit: EXIT.error, err: 'kintsugi: the disk is full\n' })
    })
  })

  test('without an owner say so; pause also says how to do it by file', async () => {
    const resume = await ran(['resume', '--reason', 'x', '--data', folder])
    expect(resume).toMatchObject({ exit: EXIT.error, err: expect.stringContaining('kintsugi serve') })
    const { exit, err } = await ran(['pause', '--freeze', '--reason', 'x', '--data', folder])
    expect(exit).toBe(EXIT.error)
    expect(err).toMatch(/make the kill-switch file: .*PAUSE \(its presence pauses, with the content: freeze\)/)
    expect(err.trimEnd().split('\n')).toHaveLength(2)
  })
})

describe('what goes wrong', () => {
  const wrong = (error: Error, debug = false) => ran(['serve'], { serve: throwing(error), debug })

  test('is told in a line, by its kind', async () => {
    expect(await wrong(new TerminalError('cannot listen'))).toEqual({
      exit: EXIT.error,
      out: '',
      err: 'kintsugi: cannot listen\n',
    })
    expect((await wrong(new BlindError('nobody sees it'))).exit).toBe(EXIT.blind)
  })

  test('shows its stack only when asked', async () => {
    const bug = new TypeError('x is undefined')
    expect((await wrong(bug)).err).toMatch(
      /^kintsugi: this is a fault in Kintsugi itself: x is undefined\n.*KINTSUGI_DEBUG/,
    )
    expect((await wrong(bug)).err).not.toContain('exit-codes.test.ts')
    expect((await wrong(bug, true)).err).toContain('exit-codes.test.ts')
  })

  test('in the lab is an error here too', async () => {
    const heard: unknown[] = []
    const lab = async (args: readonly string[]): Promise<number> => {
      heard.push(args)
      return 7
    }
    expect((await ran(['lab', '--faults', 'crash,freeze', '--rounds', '5', '--json', 'f'], { lab })).exit).toBe(
      EXIT.error,
    )
    expect(heard).toEqual([['--faults', 'crash,freeze', '--rounds', '5', '--json', 'f']])
  })
})

describe('the first line of get', () => {
  const firstLine = async (): Promise<string | undefined> => (await ran(['get', '--data', folder])).out.split('\n')[0]

  test('is what the running owner says', async () => {
    await withOwner(listeningOperator(), async () => {
      expect(await firstLine()).toBe('SHADOW · can write: nothing · sources 3/3 fresh · record OK')
    })
  })

  test('is unknown when the owner cannot say', async () => {
    await withOwner(listeningOperator({ status: throwing(new Error('a bug')) }), async () => {
      expect(await firstLine()).toMatch(/^UNKNOWN \(the owner did not say\)/)
    })
  })

  test('without an owner still tells of the pause on record', async () => {
    const pause = { freeze: false, reason: 'network work', by: 'ann' }
    await told([{ afterMs: 0, entries: [{ body: { kind: 'paused', ...pause } }], writes: [{ do: 'pause', ...pause }] }])
    expect(await firstLine()).toMatch(/^UNKNOWN \(no owner answers\).* · PAUSED by ann: network work$/)
  })
})

test('serve and demo say first whether they may write', async () => {
  for (const command of ['serve', 'demo']) {
    expect(await ran([command])).toEqual({
      exit: EXIT.ok,
      out: 'SHADOW · can write: nothing · sources 3/3 fresh · record OK\n',
      err: '',
    })
  }
})

test('demo hands on where its ports begin', async () => {
  const asked: unknown[] = []
  const demo: CliDeps['demo'] = async ({ basePort }) => void asked.push(basePort)
  await ran(['demo', '--base-port', '28080'], { demo })
  await ran(['demo'], { demo })
  expect(asked).toEqual(['28080', undefined])
})
