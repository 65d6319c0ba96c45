import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { ran } from '../../test/fixtures/cli.ts'
import * as stories from '../../test/fixtures/incidents.ts'
import { quickRecord } from '../../test/fixtures/record.ts'

let folder: string
const zone = process.env['TZ']
beforeAll(() => void (process.env['TZ'] = 'Europe/Berlin'))
afterAll(() => {
  if (zone === undefined) delete process.env['TZ']
  else process.env['TZ'] = zone
})
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'text-'))))
afterEach(() => rmSync(folder, { recursive: true }))

/** What a command prints about a story, without what depends on this run of the test. */
async function printed(story: Parameters<typeof stories.tell>[1], ...argv: string[]): Promise<string> {
  const record = await quickRecord(folder)
  await stories.tell(record, story)
  await record.close()
  const { out, err } = await ran([...argv, '--data', folder])
  expect(err).toBe('')
  return out.replaceAll(/[0-9a-f]{64}/g, 'DIGEST').replaceAll(/[ \t]+$/gm, '')
}

test('why: found, mended, verified', async () => {
  expect(await printed(stories.healed, 'why', 'inc-1')).toMatchInlineSnapshot(`
    "lab:shop/service/web is well again after 4s200ms: Kintsugi mended it.

    Seen
      lab:shop/instance/web-1  violated since 2026-11-21T14:03:04.000+01:00  critical  policy web-up
        web-1 does not answer
        up = 0 (limit 1) at 2026-11-21T14:03:06.800+01:00

    Causes
      1. dead-instance on lab:shop/instance/web-1, 95 %: its process is gone
         for it: running = 0
         recommended: restart it
         affected: lab:shop/instance/web-1, lab:shop/service/gateway
      felt by lab:shop/service/gateway, lab:shop/service/edge (2 away)

    Run run-1
      plan-1: restart-instance on lab:shop/instance/web-1, by policy web-up, attempt 1
        restart-web-1: restart-instance on lab:shop/instance/web-1 (irreversible)
        uncontrolled: judged by before and after, not against others as sick
        cannot be undone: the old process and its memory are gone
        not restart-service: heavier than restart-instance
      TIME                           AFTER     EVENT           WHAT
      2026-11-21T14:03:07.020+01:00  +0s       run-started     restart-instance on lab:shop/instance/web-1
      2026-11-21T14:03:07.030+01:00  +10ms     step-started    restart-web-1 (changes the target)
      2026-11-21T14:03:07.900+01:00  +880ms    step-succeeded  restart-web-1
      2026-11-21T14:03:11.100+01:00  +4s80ms   assessed        better, enough; every signal is healthy; well: web-up = 1 on lab:shop/instance/web-1; well: shop = 0.001 (limit 0.05) on lab:shop/service/gateway
      2026-11-21T14:03:11.200+01:00  +4s180ms  run-ended       healed: healthy for 3s

    Ended
      2026-11-21T14:03:11.200+01:00  by kintsugi
    "
  `)
})

test('why: held by a limit, with what unlocks it', async () => {
  expect(await printed(stories.held, 'why', 'inc-1')).toMatchInlineSnapshot(`
    "lab:shop/service/web: restart-instance on lab:shop/instance/web-1 is held by attempts, attempt 4 within 5m.

    Seen
      lab:shop/instance/web-1  violated since 2026-11-21T14:03:04.000+01:00  critical  policy web-up
        web-1 does not answer
        up = 0 (limit 1) at 2026-11-21T14:03:06.800+01:00

    Causes
      1. dead-instance on lab:shop/instance/web-1, 95 %: its process is gone
         for it: running = 0
         recommended: restart it
         affected: lab:shop/instance/web-1, lab:shop/service/gateway
      felt by lab:shop/service/gateway, lab:shop/service/edge (2 away)

    Did not run
      plan-1: restart-instance on lab:shop/instance/web-1, by policy web-up, attempt 1
        restart-web-1: restart-instance on lab:shop/instance/web-1 (irreversible)
        uncontrolled: judged by before and after, not against others as sick
        cannot be undone: the old process and its memory are gone
        not restart-service: heavier than restart-instance

    In the way since 2026-11-21T14:03:07.020+01:00
      ANSWER  GATE      VALUE         REASON               UNLOCKED BY
      HOLD    attempts  3 of 3 in 5m  attempt 4 within 5m  kintsugi release lab:shop/service/web
    "
  `)
})

test('why: in shadow, ended by itself, with what would have run', async () => {
  expect(await printed(stories.shadowedAndOver, 'why', 'inc-1')).toMatchInlineSnapshot(`
    "lab:shop/service/web is well again after 9s: it ended by itself; in shadow, restart-instance on lab:shop/instance/web-1 would have run.

    Seen
      lab:shop/instance/web-1  violated since 2026-11-21T14:03:04.000+01:00  critical  policy web-up
        web-1 does not answer
        up = 0 (limit 1) at 2026-11-21T14:03:06.800+01:00

    Causes
      1. dead-instance on lab:shop/instance/web-1, 95 %: its process is gone
         for it: running = 0
         recommended: restart it
         affected: lab:shop/instance/web-1, lab:shop/service/gateway
      felt by lab:shop/service/gateway, lab:shop/service/edge (2 away)

    Would have run
      plan-1: restart-instance on lab:shop/instance/web-1, by policy web-up, attempt 1
        restart-web-1: restart-instance on lab:shop/instance/web-1 (irreversible)
        uncontrolled: judged by before and after, not against others as sick
        cannot be undone: the old process and its memory are gone
        not restart-service: heavier than restart-instance

    In the way since 2026-11-21T14:03:07.020+01:00
      ANSWER  GATE    VALUE  REASON                                         UNLOCKED BY
      DENY    shadow  -      shadow: it would have run, and writes nothing  mode: live in kintsugi.yaml

    Ended
      2026-11-21T14:03:16.000+01:00  by itself
    "
  `)
})

test('why: stopped by a person, with what is left open', async () => {
  expect(await printed(stories.parked, 'why', 'inc-1')).toMatchInlineSnapshot(`
    "lab:shop/service/web: run run-1 ended parked, frozen by ann; kintsugi release run-1 frees it.

    Seen
      lab:shop/instance/web-1  violated since 2026-11-21T14:03:04.000+01:00  critical  policy web-up
        web-1 does not answer
        up = 0 (limit 1) at 2026-11-21T14:03:06.800+01:00

    Causes
      1. dead-instance on lab:shop/instance/web-1, 95 %: its process is gone
         for it: running = 0
         recommended: restart it
         affected: lab:shop/instance/web-1, lab:shop/service/gateway
      felt by lab:shop/service/gateway, lab:shop/service/edge (2 away)

    Run run-1
      plan-1: restart-instance on lab:shop/instance/web-1, by policy web-up, attempt 1
        restart-web-1: restart-instance on lab:shop/instance/web-1 (irreversible)
        uncontrolled: judged by before and after, not against others as sick
        cannot be undone: the old process and its memory are gone
        not restart-service: heavier than restart-instance
      TIME                           AFTER   EVENT         WHAT
      2026-11-21T14:03:07.020+01:00  +0s     run-started   restart-instance on lab:shop/instance/web-1
      2026-11-21T14:03:07.030+01:00  +10ms   step-started  restart-web-1 (changes the target)
      2026-11-21T14:03:08.000+01:00  +980ms  run-ended     parked: frozen by ann; left open: web-1 may be restarting
      2026-11-21T14:03:08.000+01:00  +980ms  paged         run-1: parked: frozen by ann

    Paged
      2026-11-21T14:03:08.000+01:00  run-1: parked: frozen by ann
    "
  `)
})

test('why: blind', async () => {
  expect(await printed(stories.blind, 'why', 'inc-1')).toMatchInlineSnapshot(`
    "lab:shop/service/web (and nobody can see it now): nothing has been decided yet.

    Seen
      lab:shop/instance/web-1  blind since 2026-11-21T14:03:04.000+01:00  critical  policy web-up
        nobody sees web-1
        up = unknown at 2026-11-21T14:03:07.000+01:00
    "
  `)
})

test('describe: an incident', async () => {
  expect(await printed(stories.held, 'describe', 'inc-1')).toMatchInlineSnapshot(`
    "incident inc-1 on lab:shop/service/web
    diagnosing, critical, opened 2026-11-21T14:03:07.000+01:00

    Findings now
      lab:shop/instance/web-1  violated since 2026-11-21T14:03:04.000+01:00  critical  policy web-up
        web-1 does not answer
        up = 0 (limit 1) at 2026-11-21T14:03:06.800+01:00

    Causes
      1. dead-instance on lab:shop/instance/web-1, 95 %: its process is gone
         for it: running = 0
         recommended: restart it
         affected: lab:shop/instance/web-1, lab:shop/service/gateway
      felt by lab:shop/service/gateway, lab:shop/service/edge (2 away)

    Waiting for
      attempts: attempt 4 within 5m

    Entries
      SEQ  TIME                           KIND             INCIDENT  RUN  WHAT
      1    2026-11-21T14:03:07.000+01:00  incident-opened  inc-1     -    lab:shop/instance/web-1 violated: web-1 does not answer
      2    2026-11-21T14:03:07.010+01:00  diagnosed        inc-1     -    dead-instance on lab:shop/instance/web-1
      3    2026-11-21T14:03:07.020+01:00  not-run          inc-1     -    restart-instance on lab:shop/instance/web-1: hold
    "
  `)
})

test('describe: a run with the gates that let it through', async () => {
  expect(await printed(stories.healed, 'describe', 'run-1')).toMatchInlineSnapshot(`
    "run run-1 of incident inc-1 on lab:shop/instance/web-1
    healed, started 2026-11-21T14:03:07.020+01:00, took 4s180ms

    Plan
      plan-1: restart-instance on lab:shop/instance/web-1, by policy web-up, attempt 1
        restart-web-1: restart-instance on lab:shop/instance/web-1 (irreversible)
        uncontrolled: judged by before and after, not against others as sick
        cannot be undone: the old process and its memory are gone
        not restart-service: heavier than restart-instance

    Gates before restart-web-1
      ANSWER  GATE   VALUE  REASON
      ALLOW   never  -      not on the list

    Log
      TIME                           AFTER     EVENT           WHAT
      2026-11-21T14:03:07.020+01:00  +0s       run-started     restart-instance on lab:shop/instance/web-1
      2026-11-21T14:03:07.030+01:00  +10ms     step-started    restart-web-1 (changes the target)
      2026-11-21T14:03:07.900+01:00  +880ms    step-succeeded  restart-web-1
      2026-11-21T14:03:11.100+01:00  +4s80ms   assessed        better, enough; every signal is healthy; well: web-up = 1 on lab:shop/instance/web-1; well: shop = 0.001 (limit 0.05) on lab:shop/service/gateway
      2026-11-21T14:03:11.200+01:00  +4s180ms  run-ended       healed: healthy for 3s
    "
  `)
})

test('describe: a target with what is closed on it', async () => {
  const hold = { target: stories.WEB_1, forMs: 3_600_000, reason: 'kernel update', by: 'ann' }
  const held = { afterMs: 5000, entries: [{ body: { kind: 'held', ...hold } }], writes: [{ do: 'hold', ...hold }] }
  expect(await printed([...stories.healed, held as never], 'describe', stories.WEB_1)).toMatchInlineSnapshot(`
      "target lab:shop/instance/web-1

      Holds
        TARGET                   HOW   SINCE                          UNTIL                          BY   REASON
        lab:shop/instance/web-1  held  2026-11-21T14:03:12.000+01:00  2026-11-21T15:03:12.000+01:00  ann  kernel update

      Locks
        none

      Attempts that count
        none

      Open incidents
        none

      Runs
        RUN    TARGET                   OUTCOME  STARTED                        TOOK     INCIDENT
        run-1  lab:shop/instance/web-1  healed   2026-11-21T14:03:07.020+01:00  4s180ms  inc-1
      "
    `)
})

test('describe: an entry that is not there is not taken for its neighbour', async () => {
  await printed(stories.healed, 'get')
  expect(await ran(['describe', '0', '--data', folder])).toMatchObject({ exit: 2, out: '' })
})

test('get targets: by name, whatever is the matter with them', async () => {
  const held = { target: stories.WEB, forMs: 60_000, reason: 'kernel update', by: 'ann' }
  const hold = { afterMs: 0, entries: [{ body: { kind: 'held', ...held } }], writes: [{ do: 'hold', ...held }] }
  const latched = { owner: 'lab:shop/service/api', reason: 'recurring' }
  const latch = {
    afterMs: 0,
    entries: [{ body: { kind: 'latched', ...latched } }],
    writes: [{ do: 'latch', ...latched }],
  }
  const text = await printed([...stories.held, hold as never, latch as never], 'get', 'targets')
  expect(text.split('\n').slice(2)).toMatchInlineSnapshot(`
    [
      "TARGET                   STATE     BECAUSE",
      "lab:shop/instance/web-1  violated  web-1 does not answer",
      "lab:shop/service/api     latched   recurring",
      "lab:shop/service/web     held      kernel update",
      "",
    ]
  `)
})

test('get holds: only those whose time has not passed', async () => {
  const hold = { target: stories.WEB, forMs: 60_000, reason: 'kernel update', by: 'ann' }
  const told = (afterMs: number): never =>
    [{ afterMs, entries: [{ body: { kind: 'held', ...hold } }], writes: [{ do: 'hold', ...hold }] }] as never
  expect(await printed(told(-50_001), 'get', 'holds')).toContain('none')
  expect(await printed(told(-49_999), 'get', 'holds')).toContain('kernel update')
})

test('describe: an entry', async () => {
  expect(await printed(stories.healed, 'describe', '8')).toMatchInlineSnapshot(`
    "entry 8, incident-closed, 2026-11-21T14:03:11.200+01:00
    incident inc-1, run -
    digest DIGEST
    chain  DIGEST

    {
      "endedBy": "kintsugi",
      "kind": "incident-closed"
    }
    "
  `)
})

test('get: every noun', async () => {
  const shown: string[] = [await printed(stories.parked, 'get', 'incidents')]
  for (const noun of ['runs', 'targets', 'entries', 'policies', 'holds']) shown.push(await printed([], 'get', noun))
  expect(shown.join('\n')).toMatchInlineSnapshot(`
    "UNKNOWN (no owner answers) · can write: unknown · sources unknown · record unknown

    INCIDENT  OWNER                 STATUS     SEVERITY  OPENED                         TOOK  ENDED BY OR WAITING FOR
    inc-1     lab:shop/service/web  escalated  critical  2026-11-21T14:03:07.000+01:00  -     -

    UNKNOWN (no owner answers) · can write: unknown · sources unknown · record unknown

    RUN    TARGET                   OUTCOME  STARTED                        TOOK   INCIDENT
    run-1  lab:shop/instance/web-1  parked   2026-11-21T14:03:07.020+01:00  980ms  inc-1

    UNKNOWN (no owner answers) · can write: unknown · sources unknown · record unknown

    TARGET                   STATE     BECAUSE
    lab:shop/instance/web-1  violated  web-1 does not answer

    UNKNOWN (no owner answers) · can write: unknown · sources unknown · record unknown

    SEQ  TIME                           KIND             INCIDENT  RUN    WHAT
    1    2026-11-21T14:03:07.000+01:00  incident-opened  inc-1     -      lab:shop/instance/web-1 violated: web-1 does not answer
    2    2026-11-21T14:03:07.010+01:00  diagnosed        inc-1     -      dead-instance on lab:shop/instance/web-1
    3    2026-11-21T14:03:07.020+01:00  run-started      inc-1     run-1  restart-instance on lab:shop/instance/web-1
    4    2026-11-21T14:03:07.030+01:00  step-started     inc-1     run-1  restart-web-1 (changes the target)
    5    2026-11-21T14:03:08.000+01:00  run-ended        inc-1     run-1  parked: frozen by ann; left open: web-1 may be restarting
    6    2026-11-21T14:03:08.000+01:00  paged            inc-1     run-1  run-1: parked: frozen by ann

    UNKNOWN (no owner answers) · can write: unknown · sources unknown · record unknown

    POLICY  TARGET               CONDITION      LADDER                  AUTONOMY  ASKS A PERSON
    web-up  lab:shop/instance/*  up < 1 for 2m  restart-instance, page  observe   -

    UNKNOWN (no owner answers) · can write: unknown · sources unknown · record unknown

    none
    "
  `)
})

test('json: one document that holds the status and the same', async () => {
  const document = JSON.parse(await printed(stories.held, 'get', '-o', 'json')) as unknown
  expect(document).toMatchObject({
    status: { unseen: 'no owner answers' },
    incidents: [{ id: 'inc-1', status: 'diagnosing' }],
  })
  const why = JSON.parse(await printed([], 'why', 'inc-1', '-o', 'json')) as unknown
  expect(why).toMatchObject({ incident: { id: 'inc-1' }, stand: { kind: 'not-run' } })
})

test('names from outside cannot move the cursor', async () => {
  const evil = { ...stories.finding, summary: 'gone\u001b[2J\u202e\nrecord OK' }
  const story = [
    {
      ...stories.held[0]!,
      entries: [
        {
          incident: 'inc-1',
          body: { kind: 'incident-opened', owner: stories.WEB, severity: 'critical', findings: [evil] },
        },
      ],
    },
  ]
  for (const argv of [
    ['why', 'inc-1'],
    ['describe', 'inc-1'],
    ['get', 'targets'],
    ['get', '-o', 'json'],
  ]) {
    const text = await printed(argv[0] === 'why' ? (story as never) : [], ...argv)
    // oxlint-disable-next-line no-control-regex
    expect(text, argv.join(' ')).not.toMatch(/\u001b|\u202e/)
    expect(text.split('\n'), argv.join(' ')).not.toContain('record OK')
  }
})
