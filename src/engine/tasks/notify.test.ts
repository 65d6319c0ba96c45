import { afterEach, beforeEach, expect, test } from 'vitest'
import { openTestRecord } from '../../../test/engine-conformance.ts'
import { fakeClock, type FakeClock } from '../../../test/fakes/fake-clock.ts'
import * as stories from '../../../test/fixtures/incidents.ts'
import { RetryableError, TerminalError } from '../../domain/errors.ts'
import type { RecordPort } from '../../domain/ports.ts'
import { silentLog } from '../../lib/log.ts'
import type { Channel } from '../../notify/channel.ts'
import type { Message } from '../../notify/message.ts'
import { notifyFrom } from './notify.ts'

let record: RecordPort
let clock: FakeClock
beforeEach(async () => {
  record = await openTestRecord()
  clock = fakeClock()
})
afterEach(() => record.close())

/** A channel that fails as often as it is told, and keeps what it was sent. */
function channelThat(...failures: readonly Error[]): Channel & { readonly sent: Message[]; tries: number } {
  const channel = {
    name: 'ops',
    sent: [] as Message[],
    tries: 0,
    on: ['opened', 'needs-person', 'would-run', 'closed'] as const,
    send: async (message: Message): Promise<void> => {
      const failure = failures[channel.tries++]
      if (failure) throw failure
      channel.sent.push(message)
    },
  }
  return channel
}

/** Notifies for some fake time; then as after a kill. */
async function live(channel: Channel, ms: number, meanwhile: () => Promise<unknown> = async () => {}): Promise<void> {
  const ending = new AbortController()
  const under = notifyFrom({ record, channels: [channel], clock, log: silentLog, abort: ending.signal })
  await clock.advance(100)
  await meanwhile()
  await clock.advance(ms)
  ending.abort()
  await clock.advance(1)
  await under
}

test('says what happened, the likely cause, what was done, and where to read more', async () => {
  const channel = channelThat()
  await live(channel, 3000, () => stories.tell(record, stories.healed))
  expect(channel.sent.map(({ occasion }) => occasion)).toEqual(['opened', 'closed'])
  const [, closed] = channel.sent
  expect(closed?.title).toContain('Kintsugi mended it')
  expect(closed?.lines.join('\n')).toMatch(/Likely cause: .*dead-instance/)
  expect(closed?.lines.join('\n')).toMatch(/Done: restart-instance on .*healed/)
})

test('a new channel hears nothing of what was before it, and after a restart nothing twice', async () => {
  await stories.tell(record, stories.healed)
  const channel = channelThat()
  await live(channel, 3000)
  expect(channel.sent).toEqual([])
  await live(channel, 3000)
  expect(channel.sent).toEqual([])
})

test('what could not be delivered is tried until it is, also after a restart', async () => {
  const down = channelThat(...Array.from({ length: 1000 }, () => new RetryableError('down')))
  await live(down, 5000, () => stories.tell(record, stories.healed))
  expect(down.tries).toBeGreaterThan(1)
  const up = channelThat()
  await live(up, 3000)
  expect(up.sent).toHaveLength(2)
})

test('what the receiver refuses for good keeps back nothing that comes after it', async () => {
  const channel = channelThat(new TerminalError('no'))
  await live(channel, 3000, () => stories.tell(record, stories.healed))
  expect(channel.sent.map(({ occasion }) => occasion)).toEqual(['closed'])
})

test('many at once come as one', async () => {
  const channel = channelThat()
  const paged = (i: number): object => ({ body: { kind: 'paged', about: `x-${i}`, reason: `reason ${i}` } })
  const entries = Array.from({ length: 50 }, (_, i) => paged(i)) as never
  await live(channel, 3000, () => record.commit({ at: clock.moment(), entries }))
  expect(channel.sent).toHaveLength(1)
  expect(channel.sent[0]?.title).toBe('50 messages at once: 50 needs-person')
  expect(channel.sent[0]?.lines.length).toBeLessThan(25)
})
