import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openTestRecord } from '../../../test/engine-conformance.ts'
import { engineWorld, type EngineWorld } from '../../../test/engine-world.ts'
import { POLICY, WEB_1 } from '../../../test/gate-world.ts'
import type { EntryBody } from '../../domain/entry.ts'
import type { RecordPort } from '../../domain/ports.ts'
import type { Ailment } from '../../domain/self.ts'
import type { Log } from '../../lib/log.ts'
import { silentLog } from '../../lib/log.ts'
import type { EnginePorts } from '../ports.ts'
import type { Running } from '../start.ts'
import { heartbeatOf } from './heartbeat.ts'

const DOG: Ailment = { what: 'no watchdog', since: 0, unlocks: 'when it fires' }
const FULL: Ailment = { what: 'memory is full', since: 0, unlocks: 'when there is less' }
const TWO_HOURS_MS = 7_200_000

let record: RecordPort
let running: Running | undefined
let world: EngineWorld
let ailments: readonly Ailment[]

beforeEach(async () => {
  ailments = []
  record = await openTestRecord()
})
afterEach(async () => {
  if (running) await world.stop(running)
  running = undefined
  await record.close()
})

async function begin(change: Partial<EnginePorts> = {}): Promise<Running> {
  world = engineWorld(record, { ailments: () => ailments, ...change })
  return restart()
}
async function restart(): Promise<Running> {
  if (running) await world.stop(running)
  running = undefined
  return (running = await world.start())
}
async function bodiesOf<K extends EntryBody['kind']>(...kinds: K[]): Promise<Extract<EntryBody, { kind: K }>[]> {
  const entries = await record.entries({ kinds })
  return entries.flatMap(({ body }) => (body ? [body as Extract<EntryBody, { kind: K }>] : []))
}
const downAndWait = async (ms: number): Promise<void> => {
  world.instances.set(WEB_1, { running: false })
  await world.clock.advance(ms)
}

describe('while Kintsugi itself is not well', () => {
  test('nothing is begun, for that reason; once it is over, what is broken is mended', async () => {
    ailments = [DOG]
    const { operator } = await begin()
    await downAndWait(30_000)
    expect(world.instances.effects).toEqual([])
    const [notRun] = await bodiesOf('not-run')
    expect(notRun?.verdict.answers.find(({ gate }) => gate === 'self-care')).toMatchObject({
      answer: 'hold',
      reason: 'no watchdog',
      unlocks: 'when it fires',
    })
    expect(await operator.status()).toMatchObject({ canWrite: [], self: { ailments: [DOG] } })
    ailments = []
    await world.clock.advance(15_000)
    expect(world.instances.effects).toHaveLength(1)
    expect(await bodiesOf('run-ended')).toMatchObject([{ outcome: 'healed' }])
  })

  test('that is written down when it begins, when it changes and when it ends, and not again', async () => {
    await begin()
    await world.clock.advance(5000)
    ailments = [DOG]
    await world.clock.advance(5000)
    ailments = [{ ...DOG, since: 9 }]
    await world.clock.advance(5000)
    ailments = [FULL, DOG]
    await world.clock.advance(5000)
    ailments = []
    await world.clock.advance(5000)
    expect(await bodiesOf('ailing', 'recovered')).toEqual([
      { kind: 'ailing', ailments: [DOG] },
      { kind: 'ailing', ailments: [FULL, DOG] },
      { kind: 'recovered', from: ['memory is full', 'no watchdog'] },
    ])
  })

  test('a restart says it no second time, and says when it is over', async () => {
    ailments = [DOG]
    await begin()
    await world.clock.advance(2000)
    await restart()
    await world.clock.advance(2000)
    expect(await bodiesOf('ailing', 'recovered')).toHaveLength(1)
    if (running) await world.stop(running)
    ailments = []
    running = await world.start()
    await world.clock.advance(2000)
    expect((await bodiesOf('ailing', 'recovered')).map(({ kind }) => kind)).toEqual(['ailing', 'recovered'])
  })

  test('a run under way waits before its next step, and goes on when it is over', async () => {
    const policy = { ...POLICY, ladder: ['restart-service', 'page'], verify: { ...POLICY.verify, blindForMs: 60_000 } }
    let isIll = true
    await begin({
      settings: { ...engineWorld(record).ports.settings, policies: [policy] },
      ailments: () => (isIll && world.instances.effects.length > 0 ? [DOG] : []),
    })
    await downAndWait(30_000)
    expect(world.instances.effects).toHaveLength(1)
    expect(await bodiesOf('run-ended')).toEqual([])
    isIll = false
    await world.clock.advance(60_000)
    expect(world.instances.effects).toHaveLength(3)
    expect(await bodiesOf('run-ended')).toMatchObject([{ outcome: 'healed' }])
  })
})

describe('a start in doubt about its record', () => {
  const doubt = 'the record ends at entry 1, and head has seen entry 3'

  test('is frozen with the reason, until a person resumes', async () => {
    const { operator } = await begin({ doubt })
    expect((await operator.status()).pause).toMatchObject({ freeze: true, by: 'kintsugi', reason: doubt })
    await downAndWait(30_000)
    expect(world.instances.effects).toEqual([])
    await operator.resume({ by: 'ada', reason: 'looked' })
    await world.clock.advance(15_000)
    expect(world.instances.effects).toHaveLength(1)
  })

  test('keeps the reason of the freeze that was there', async () => {
    const { operator } = await begin()
    await operator.pause({ freeze: true, by: 'ada', reason: 'restored' })
    await world.stop(running!)
    world = engineWorld(record, { doubt })
    running = await world.start()
    expect((await running.operator.status()).pause?.reason).toBe(`restored; ${doubt}`)
  })
})

describe.each([
  ['forward', TWO_HOURS_MS, '2h'],
  ['back', -TWO_HOURS_MS, '-2h'],
])('a clock that jumps two hours %s', (_way, jumpMs, text) => {
  const isFrozen = async (): Promise<void> => {
    expect((await running!.operator.status()).pause).toMatchObject({
      freeze: true,
      by: 'kintsugi',
      reason: `the clock jumped by ${text}`,
    })
    const before = world.instances.effects.length
    await downAndWait(30_000)
    expect(world.instances.effects).toHaveLength(before)
    await running!.operator.resume({ by: 'ada', reason: 'looked at the clock' })
    await world.clock.advance(20_000)
    expect(world.instances.effects).toHaveLength(before + 1)
    expect(await bodiesOf('run-ended')).toMatchObject([{ outcome: 'healed' }])
  }

  test('while it runs', async () => {
    await begin()
    await world.clock.advance(5000)
    world.clock.jumpWall(jumpMs)
    await world.clock.advance(1000)
    await isFrozen()
  })

  test('while it is stopped', async () => {
    await begin()
    await world.clock.advance(5000)
    await world.stop(running!)
    running = undefined
    await world.clock.advance(60_000)
    world.clock.jumpWall(jumpMs)
    running = await world.start()
    await isFrozen()
  })

  test('in the moment of the start, before anything was written', async () => {
    await begin()
    await world.stop(running!)
    running = undefined
    const starting = world.start()
    world.clock.jumpWall(jumpMs)
    running = await starting
    await world.clock.advance(500)
    await isFrozen()
  })

  test('parks a run under way', async () => {
    await begin()
    world.instances.set(WEB_1, { running: false })
    await world.clock.advance(20_000, () => world.instances.effects.length > 0)
    world.clock.jumpWall(jumpMs)
    await world.clock.advance(2000)
    expect(await bodiesOf('run-ended')).toMatchObject([{ outcome: 'parked' }])
  })
})

test('across a reboot only a clock that went back is known to have jumped', async () => {
  await begin()
  for (const [jumpMs, reason] of [
    [TWO_HOURS_MS, undefined],
    [-TWO_HOURS_MS, expect.stringMatching(/^the clock jumped by -1h59m/)],
  ] as const) {
    if (running) await world.stop(running)
    world.clock.reboot()
    world.clock.jumpWall(jumpMs)
    running = await world.start()
    expect((await running.operator.status()).pause?.reason).toEqual(reason)
  }
})

describe('the heartbeat', () => {
  const abort = new AbortController().signal
  let sent: number
  let refusal: string | undefined
  let logged: string[]
  const log: Log = {
    ...silentLog,
    warn: (fields) => void logged.push('problem' in fields ? String(fields.problem) : ''),
    info: (_fields, message) => void logged.push(message),
  }
  const send = async (): Promise<void> => {
    if (refusal !== undefined) throw new Error(refusal)
    sent += 1
  }
  beforeEach(() => {
    ;[sent, refusal, logged] = [0, undefined, []]
  })

  test('is sent as long as the loop turns, and says when', async () => {
    const { engine } = await begin()
    const { beat, status } = heartbeatOf(send, log)
    await world.clock.advance(2000)
    await beat(engine, abort)
    await world.clock.advance(2000)
    await beat(engine, abort)
    expect(sent).toBe(2)
    expect(status()).toEqual({ lastAt: world.clock.now() })
    await beat(engine, abort)
    expect(sent).toBe(2)
    expect(status()).toEqual({ lastAt: world.clock.now(), problem: 'the loop does not turn' })
  })

  test('is not sent while something ails it, or the record cannot be written', async () => {
    let shortage: string | undefined = 'the disk is full'
    const { engine } = await begin({ shortage: async () => shortage })
    const { beat, status } = heartbeatOf(send, log)
    await world.clock.advance(2000)
    await beat(engine, abort)
    expect(status()).toEqual({ problem: 'the record cannot be written: the disk is full' })
    shortage = undefined
    ailments = [DOG]
    await world.clock.advance(2000)
    await beat(engine, abort)
    expect(status()).toEqual({ problem: 'no watchdog' })
    expect(sent).toBe(0)
  })

  test('that nobody takes is told once, and so is that it goes on', async () => {
    const { engine } = await begin()
    const { beat, status } = heartbeatOf(send, log)
    refusal = 'no route'
    for (let i = 0; i < 3; i++) {
      await world.clock.advance(2000)
      await beat(engine, abort)
    }
    expect(status()).toEqual({ problem: 'no route' })
    expect(logged).toEqual(['no route'])
    refusal = undefined
    await world.clock.advance(2000)
    await beat(engine, abort)
    expect(logged).toEqual(['no route', 'the heartbeat goes on'])
  })
})
