import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { alertWorld, POD_RULE, type AlertWorld } from '../../../test/alert-world.ts'
import { openTestRecord } from '../../../test/engine-conformance.ts'
import { TOPOLOGY, WEB, WEB_1 } from '../../../test/gate-world.ts'
import type { RecordPort } from '../../domain/ports.ts'
import { topologyOf, type Topology } from '../../domain/topology.ts'

let record: RecordPort
let world: AlertWorld | undefined

beforeEach(async () => {
  record = await openTestRecord()
})
afterEach(async () => {
  await world?.stop()
  world = undefined
  await record.close()
})

const begin = async (...args: Parameters<typeof alertWorld> extends [unknown, ...infer Rest] ? Rest : never) =>
  (world = await alertWorld(record, ...args))

const without = (gone: string): Topology => topologyOf([...TOPOLOGY.values()].filter(({ ref }) => ref !== gone))
const opened = async ({ bodies }: AlertWorld) =>
  (await bodies()).flatMap((body) => (body.kind === 'incident-opened' ? [body] : []))

describe('an alert that fires', () => {
  test('is mended once, and is healed when it resolves and its target was seen since', async () => {
    const { book, clock, firing, resolved, instances, outcomes, ends } = await begin()
    await book.receive([firing()])
    await clock.advance(2000)
    expect(instances.effects.map(({ target }) => target)).toEqual([WEB_1])
    expect(await outcomes()).toEqual([])
    await book.receive([resolved()])
    await clock.advance(10_000)
    expect(await outcomes()).toEqual(['healed'])
    expect(await ends()).toEqual(['kintsugi'])
    expect(await opened(world!)).toMatchObject([
      { findings: [{ target: WEB_1, evidence: [{ signal: 'alert HighErrors (f1)', value: 1 }] }] },
    ])
  })

  test('that is delivered twice is one incident and one run', async () => {
    const { book, clock, firing, instances } = await begin()
    await Promise.all([book.receive([firing()]), book.receive([firing()])])
    await clock.advance(1000)
    await book.receive([firing()])
    await clock.advance(2000)
    expect(await opened(world!)).toHaveLength(1)
    expect(instances.effects).toHaveLength(1)
  })

  test('is not mended where no policy asks for it, and nothing is blind', async () => {
    const { book, clock, firing } = await begin({ condition: 'alert{alertname="Other"}' })
    await book.receive([firing()])
    await clock.advance(120_000)
    expect(await opened(world!)).toEqual([])
  })
})

describe('an alert that nobody reports any more', () => {
  test('is not called healed, however well its target is seen', async () => {
    const { book, clock, firing, instances, outcomes, ends } = await begin()
    await book.receive([firing({ endsAt: clock.now() + 3000 })])
    await clock.advance(120_000)
    expect(instances.effects).toHaveLength(1)
    expect(await outcomes()).toEqual(['parked'])
    expect(await ends()).toEqual([])
  })

  test.each(['silence', 'a message'])(
    'of an instance that was deleted is not called healed when it ends by %s',
    async (by) => {
      const { book, clock, firing, resolved, exists, outcomes, ends } = await begin()
      await book.receive([firing()])
      await clock.advance(2000)
      exists(without(WEB_1))
      await clock.advance(1000)
      if (by === 'a message') await book.receive([resolved()])
      await clock.advance(120_000)
      expect(await outcomes()).toEqual(['parked'])
      expect(await ends()).not.toContain('kintsugi')
    },
  )

  test('of an instance that was deleted is not the health of its service, where the rule lifts it', async () => {
    const { book, clock, firing, exists, bodies, ends } = await begin(
      { target: WEB, ladder: ['page'] },
      { ...POD_RULE, lift: 'workload' },
    )
    await book.receive([firing()])
    await clock.advance(2000)
    exists(without(WEB_1))
    await book.receive([firing()])
    expect(book.on(WEB)).toHaveLength(1)
    await clock.advance(120_000)
    expect(await ends()).toEqual([])
    expect((await bodies()).flatMap((body) => (body.kind === 'incident-changed' ? body.findings : []))).toMatchObject([
      { target: WEB, state: 'blind', summary: expect.stringContaining('ended by silence') },
    ])
  })
})
