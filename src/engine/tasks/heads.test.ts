import { expect, test } from 'vitest'
import { openTestRecord } from '../../../test/engine-conformance.ts'
import { fakeClock } from '../../../test/fakes/fake-clock.ts'
import { commitOf } from '../../../test/store/sample.ts'
import { silentLog } from '../../lib/log.ts'
import type { PublishedHead } from '../../store/heads.ts'
import { publishHeads } from './heads.ts'

test('a head is published when it has moved, and to a sink that failed again', async () => {
  const record = await openTestRecord()
  const clock = fakeClock()
  const end = new AbortController()
  const [taken, late]: [PublishedHead[], PublishedHead[]] = [[], []]
  let isDown = true
  const sinks = [
    { name: 'one', take: async (head: PublishedHead) => void taken.push(head) },
    {
      name: 'two',
      take: async (head: PublishedHead) => {
        if (isDown) throw new Error('nobody answers')
        late.push(head)
      },
    },
  ]
  const publishing = publishHeads({ record, sinks, everyMs: 60_000, clock, log: silentLog, abort: end.signal })
  await record.commit(commitOf('a'))
  await clock.advance(180_000)
  await record.commit(commitOf('b'))
  isDown = false
  await clock.advance(180_000)
  end.abort()
  await clock.advance(1000)
  await publishing
  const chains = (await record.entries({})).map(({ seq, chain }) => ({ seq, head: chain, epoch: 1 }))
  expect(taken).toMatchObject(chains)
  expect(late).toMatchObject(chains.slice(1))
  await record.close()
})
