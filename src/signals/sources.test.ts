import { createServer, type AddressInfo, type Server } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { drain, fakeClock, type FakeClock } from '../../test/fakes/fake-clock.ts'
import { systemClock, type Clock } from '../lib/clock.ts'
import type { Observation } from '../domain/signal.ts'
import { connectorSource } from './connector-source.ts'
import { probeSource } from './probe-source.ts'
import { runSources, type Look, type RunningSources, type Source } from './sources.ts'

const stops: (() => Promise<void>)[] = []
afterEach(async () => {
  await Promise.all(stops.splice(0).map((stop) => stop()))
})

function run(clock: Clock, ...sources: Source[]): RunningSources & { seen: Observation[]; problems: string[] } {
  const stop = new AbortController()
  const seen: Observation[] = []
  const problems: string[] = []
  const running = runSources(sources, {
    clock,
    abort: stop.signal,
    random: () => 0.5,
    onObservation: (observation) => seen.push(observation),
    onProblem: (source, problem) => problems.push(`${source}: ${problem}`),
  })
  stops.push(async () => {
    stop.abort(new Error('test ended'))
    await running.ended
  })
  return { ...running, seen, problems }
}

const observation = (source: string): Observation => ({ source, intervalMs: 1000, samples: [] })

/** A source of one look, that notes when it looked and takes its time. */
function watcher(clock: FakeClock, takesMs = 0, keys: readonly string[] = ['a']): Source & { looks: string[] } {
  const looks: string[] = []
  const start = clock.now()
  const look: (key: string) => Look['look'] = (key) => async (now, abort) => {
    looks.push(`${key}@${now - start}`)
    await clock.sleep(key === 'slow' ? 2500 : takesMs, abort)
    return observation('watcher')
  }
  return { name: 'watcher', intervalMs: 1000, looks, round: () => keys.map((key) => ({ key, look: look(key) })) }
}

test('a source looks at its own steady pace, after a start that is spread', async () => {
  const clock = fakeClock()
  const source = watcher(clock, 300)
  const { seen } = run(clock, source)
  await clock.advance(3600)
  expect(source.looks).toEqual(['a@500', 'a@1500', 'a@2500', 'a@3500'])
  expect(seen).toHaveLength(3)
})

test('one slow target delays only itself, and one missed round of it is made up for', async () => {
  const clock = fakeClock()
  const source = watcher(clock, 0, ['slow', 'quick'])
  run(clock, source)
  await clock.advance(5600)
  expect(source.looks.filter((look) => look.startsWith('quick'))).toHaveLength(6)
  expect(source.looks.filter((look) => look.startsWith('slow'))).toEqual(['slow@500', 'slow@3000', 'slow@5500'])
})

test('rounds that were missed are not made up for one by one', async () => {
  const clock = fakeClock()
  const source = watcher(clock)
  run(clock, source)
  await clock.advance(600)
  clock.suspend(10_000)
  await clock.advance(1000)
  expect(source.looks).toEqual(['a@500', 'a@10600', 'a@11500'])
})

test('the pace does not follow a wall clock that somebody sets', async () => {
  const clock = fakeClock()
  const source = watcher(clock)
  run(clock, source)
  await clock.advance(600)
  clock.jumpWall(-3_600_000)
  await clock.advance(2000)
  expect(source.looks).toHaveLength(3)
})

test('status says what is fresh, and problems are told when they are new', async () => {
  const clock = fakeClock()
  let broken = false
  const moody: Source = {
    name: 'moody',
    intervalMs: 1000,
    round: () => [
      {
        key: 'x',
        look: () => (broken ? Promise.reject(new Error('no sight')) : Promise.resolve(observation('moody'))),
      },
    ],
  }
  const { status, problems } = run(clock, moody)
  expect(status()).toEqual([{ name: 'moody', fresh: false }])
  await clock.advance(600)
  const lastAt = clock.now() - 100
  expect(status()).toEqual([{ name: 'moody', fresh: true, lastAt }])
  broken = true
  await clock.advance(2900)
  expect(status()).toMatchObject([{ fresh: true, problem: 'x: no sight' }])
  await clock.advance(1000)
  expect(status()).toMatchObject([{ fresh: false, lastAt }])
  expect(problems).toEqual(['moody: x: no sight'])
  broken = false
  await clock.advance(1000)
  expect(status()).toEqual([{ name: 'moody', fresh: true, lastAt: lastAt + 5000 }])
})

test('a source with nothing to look at, or whose targets cannot be listed, is not fresh', async () => {
  const clock = fakeClock()
  const lost = (): never => {
    throw new Error('no list')
  }
  const { status } = run(
    clock,
    { name: 'none', intervalMs: 1000, round: () => [] },
    { name: 'lost', intervalMs: 1000, round: lost },
  )
  await clock.advance(600)
  expect(status()).toEqual([
    { name: 'none', fresh: false, problem: 'there is nothing to look at' },
    { name: 'lost', fresh: false, problem: 'no list' },
  ])
})

test('a connector that hangs is given up, and asked again', async () => {
  const clock = fakeClock()
  let asked = 0
  const hanging = { name: 'lab', observe: () => new Promise<never>(() => asked++) }
  const { problems } = run(clock, connectorSource(hanging, 1000, { clock }))
  await clock.advance(3600)
  await drain()
  expect([asked, problems]).toEqual([2, ['lab: no answer in 3000 ms']])
})

test('after the abort nothing is started and nothing is told', async () => {
  const clock = fakeClock()
  const source = watcher(clock, 300)
  const { seen } = run(clock, source)
  await clock.advance(600)
  await Promise.all(stops.splice(0).map((stop) => stop()))
  await clock.advance(5000)
  expect([source.looks, seen]).toEqual([['a@500'], []])
})

test('probes hand in each answer as soon as it is there', async () => {
  const [open, silent] = await Promise.all([serve((socket) => socket.end('HTTP/1.1 200 OK\r\n\r\n')), serve(() => {})])
  const targets = [
    { ref: 'lab:shop/instance/silent', address: silent.address },
    { ref: 'lab:shop/instance/open', address: open.address },
    { ref: 'lab:shop/instance/lost' },
  ] as const
  const clock = systemClock()
  const check = { kind: 'http', at: { path: '/' } } as const
  const source = probeSource({ name: 'health', check, intervalMs: 400, timeoutMs: 300 }, () => targets, { clock })
  const { seen, problems } = run(clock, source)
  while (seen.length < 2 || new Set(seen.flatMap(({ samples }) => samples.map(({ target }) => target))).size < 2) {
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  const ups = seen.flatMap(({ samples }) => samples.filter(({ metric }) => metric === 'up'))
  expect(ups[0]).toMatchObject({ target: 'lab:shop/instance/open', value: 1, labels: { probe: 'health' } })
  expect(ups.find(({ target }) => target.endsWith('silent'))).toMatchObject({ value: 0 })
  expect(ups.some(({ target }) => target.endsWith('lost'))).toBe(false)
  expect(problems[0]).toContain('lab:shop/instance/lost: cannot probe')
  await Promise.all([open.close(), silent.close()])
})

async function serve(
  onConnection: Parameters<typeof createServer>[1],
): Promise<{ address: string; close: () => Promise<unknown> }> {
  const server: Server = createServer(onConnection)
  const sockets = new Set<{ destroy(): void }>()
  server.on('connection', (socket) => sockets.add(socket.on('error', () => {})))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const close = (): Promise<unknown> => {
    for (const socket of sockets) socket.destroy()
    return new Promise((resolve) => server.close(resolve))
  }
  return { address: `127.0.0.1:${(server.address() as AddressInfo).port}`, close }
}
