import { createSocket } from 'node:dgram'
import { afterEach, expect, test } from 'vitest'
import { WEB_1 } from '../../test/gate-world.ts'
import type { Observation } from '../domain/signal.ts'
import { systemClock } from '../lib/clock.ts'
import type { Log } from '../lib/log.ts'
import { startLines, type Lines } from './lines.ts'

let lines: Lines | undefined
afterEach(() => lines?.close())

test('what comes by syslog is told as metrics of its target, and what is refused is complained about once', async () => {
  const said: [string, Readonly<Record<string, unknown>>][] = []
  const say: Log['info'] = (fields, message) => void said.push([message, { ...fields }])
  const seen: Observation[] = []
  lines = await startLines(
    { syslog: { host: '127.0.0.1', port: 0 } },
    {
      aimed: ({ hostname, app }) => (hostname === 'web-1' && app === 'web' ? WEB_1 : undefined),
      clock: systemClock(),
      log: { debug: say, info: say, warn: say, error: say },
      onObservation: (observation) => seen.push(observation),
    },
  )
  const udp = createSocket('udp4')
  udp.send('<11>1 - web-1 web - - - no room', Number(said[0]?.[1]['port']), '127.0.0.1')
  udp.send('nonsense', Number(said[0]?.[1]['port']), '127.0.0.1')
  await expect
    .poll(() => {
      lines?.tell()
      return [seen.length > 0, said.length]
    })
    .toEqual([true, 2])
  udp.close()
  const errors = seen[0]!.samples.filter(
    ({ metric, labels }) => metric === 'log_errors_total' && labels['level'] === 'error',
  )
  expect(errors.map(({ target, labels, value }) => [target, labels['source'], value])).toEqual([
    [WEB_1, 'received', 0],
    [WEB_1, 'received', 1],
  ])
  expect(lines.received.errorsOf(WEB_1)).toMatchObject([{ text: 'no room' }])
  expect(said[1]).toEqual([
    'syslog is not taken in whole',
    { problem: '1 messages refused (a message has no priority such as <13>), 0 came too quickly' },
  ])
})

test('without syslog nothing is listened on, and what comes otherwise is told all the same', async () => {
  const seen: Observation[] = []
  const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }
  const onObservation = (observation: Observation): void => void seen.push(observation)
  lines = await startLines({}, { aimed: () => WEB_1, clock: systemClock(), log, onObservation })
  lines.tell()
  expect(seen).toEqual([])
  lines.received.takeSummaries([{ labels: { app: 'a' }, lines: 2, error: 1, fatal: 0 }], systemClock().now())
  lines.tell()
  expect(seen).toHaveLength(1)
})
