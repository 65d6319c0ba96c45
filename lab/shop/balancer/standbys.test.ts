import { once } from 'node:events'
import { Agent } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { startInstance, type TestInstance } from '../../../test/balancer.ts'
import { fakeClock } from '../../../test/fakes/fake-clock.ts'
import { freePort } from '../../../test/shims.ts'
import { until } from '../../../test/worlds.ts'
import { poolOf } from './pool.ts'
import { watchStandbys } from './standbys.ts'

const open: { close(): Promise<unknown> }[] = []
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()))
})

/** The pool `web` of `a`, and of `b` that stands by at `address`, which is looked at when it is told to. */
async function world(address: string) {
  const a = await startInstance((_, response) => response.end('a'))
  let asleep = Promise.withResolvers<void>()
  let wake = (): void => {}
  const sleep = (): Promise<void> => {
    asleep.resolve()
    return new Promise((resolve) => (wake = resolve))
  }
  const clock = { ...fakeClock(), sleep }
  const agent = new Agent({ keepAlive: true })
  const backends = [
    { name: 'a', address: a.address },
    { name: 'b', address, standby: true },
  ]
  const pool = poolOf('web', { port: 0, backends, timeoutMs: 1000 }, { agent, clock })
  await once(pool.server.listen(0, '127.0.0.1'), 'listening')
  open.push(a, {
    close: async () => {
      agent.destroy()
      pool.server.closeAllConnections()
      await once(pool.server.close(), 'close')
    },
  })
  const first = asleep.promise
  void watchStandbys(pool, new Set(['b']), clock)
  await first
  const url = `http://127.0.0.1:${(pool.server.address() as AddressInfo).port}`
  return {
    /** One look, to its end. */
    look: async () => {
      asleep = Promise.withResolvers()
      wake()
      await asleep.promise
      return pool.settings().backends.find(({ name }) => name === 'b')?.state
    },
    ask: async () => {
      const answer = await fetch(url)
      return `${answer.status} ${await answer.text()}`
    },
  }
}

/** Answers its name, and its health as it is told to be. */
async function standby(port: number): Promise<TestInstance & { health: number }> {
  const told = { health: 200 }
  const instance = await startInstance(
    (request, response) => response.writeHead(request.url === '/healthz' ? told.health : 200).end('b'),
    port,
  )
  return Object.assign(told, instance)
}

test('one that stands by gets traffic with the look that finds it ready, and none with the one that finds its port closed', async () => {
  const port = await freePort()
  const { look, ask } = await world(`127.0.0.1:${port}`)
  expect(await look()).toBe('standby')

  const b = await standby(port)
  b.health = 503
  expect(await look()).toBe('standby')
  expect([await ask(), await ask()]).toEqual(['200 a', '200 a'])
  b.health = 200
  expect(await look()).toBe('up')
  expect([await ask(), await ask()].toSorted()).toEqual(['200 a', '200 b'])

  // Merely ill: its users feel it, as with any other.
  b.health = 500
  expect(await look()).toBe('up')
  await b.close()
  expect(await look()).toBe('standby')
  expect([await ask(), await ask()]).toEqual(['200 a', '200 a'])
})

test('one that says a little before that it stops loses no request', async () => {
  const port = await freePort()
  const b = await standby(port)
  const { look, ask } = await world(`127.0.0.1:${port}`)
  expect(await look()).toBe('up')
  const answers: string[] = []
  let stop = false
  const user = async (): Promise<void> => {
    while (!stop) answers.push(await ask())
  }
  const users = [user(), user(), user()]
  const untilMore = (count: number): Promise<number> => {
    const enough = answers.length + count
    return until(
      async () => answers.length,
      (length) => length >= enough,
    )
  }
  await untilMore(30)
  b.health = 503
  expect(await look()).toBe('standby')
  // Whatever was under way to it has ended by now.
  await untilMore(30)
  await b.close()
  await untilMore(30)
  stop = true
  await Promise.all(users)
  expect(new Set(answers)).toEqual(new Set(['200 a', '200 b']))
})
