import { afterEach, expect, test } from 'vitest'
import { connectorLaws, instancesLaws } from '../../../test/connector-laws.ts'
import { pidOf, shimFolder, stateOf, untilState, type ShimFolder } from '../../../test/shims.ts'
import { BlindError, RetryableError, TerminalError } from '../../domain/errors.ts'
import type { Instances } from '../../domain/ports.ts'
import { processConnector } from './index.ts'

const abort = new AbortController().signal
const folders: ShimFolder[] = []
const open = (): ShimFolder => {
  const folder = shimFolder()
  folders.push(folder)
  return folder
}
afterEach(async () => {
  await Promise.all(folders.splice(0).map((folder) => folder.close()))
})

const instancesIn = (dir: string): Instances => processConnector({ name: 'lab', dir }).tools.instances!

instancesLaws('instances under shims', async () => {
  const folder = shimFolder()
  const manifest = await folder.manifest('web-1')
  const shim = await folder.start(manifest)
  return {
    instances: instancesIn(folder.dir),
    target: 'lab:shop/instance/web-1',
    effects: async () => (await stateOf(manifest)).restarts,
    crash: async () => process.kill(pidOf((await stateOf(manifest)).identity), 'SIGKILL'),
    blind: async () => process.kill(shim, 'SIGKILL'),
    close: () => folder.close(),
  }
})

connectorLaws('the process connector', async () => {
  const folder = shimFolder()
  const pids = new Map<string, number>()
  for (const name of ['web-1', 'web-2']) {
    pids.set(`lab:shop/instance/${name}`, await folder.start(await folder.manifest(name)))
  }
  return {
    connector: processConnector({ name: 'lab', dir: folder.dir }),
    instances: ['lab:shop/instance/web-1', 'lab:shop/instance/web-2'],
    blind: async (target) => process.kill(pids.get(target)!, 'SIGKILL'),
    close: () => folder.close(),
  }
})

test('services stand on services, and instances are parts of theirs', async () => {
  const folder = open()
  const manifest = await folder.manifest('web-1', { dependsOn: ['api', 'cache'] })
  await folder.start(manifest)
  const { nodes, addresses } = await processConnector({ name: 'lab', dir: folder.dir }).discover(abort)
  expect(nodes).toEqual([
    {
      ref: 'lab:shop/service/web',
      dependsOn: ['lab:shop/service/api', 'lab:shop/service/cache'],
      durable: true,
      sharedFate: [],
    },
    { ref: 'lab:shop/instance/web-1', partOf: 'lab:shop/service/web', dependsOn: [], durable: false, sharedFate: [] },
  ])
  expect([...addresses]).toEqual([['lab:shop/instance/web-1', manifest.address]])
})

test('samples say what the shim sees: a live instance, a frozen one, a dead one', async () => {
  const folder = open()
  const manifest = await folder.manifest('web-1')
  await folder.start(manifest)
  const { identity, startedAtMs } = await untilState(manifest, (state) => state.ready)
  const connector = processConnector({ name: 'lab', dir: folder.dir })
  const look = async (): Promise<object> => {
    const { samples } = await connector.observe(abort, startedAtMs + 2500)
    return Object.fromEntries(samples.map(({ metric, value }) => [metric, value]))
  }
  expect(await look()).toEqual({ running: 1, instance_ready: 1, restarts_total: 0, instance_age_seconds: 2.5 })

  process.kill(pidOf(identity), 'SIGSTOP')
  await untilState(manifest, (state) => !state.ready)
  expect(await look()).toEqual({ running: 1, instance_ready: 0, restarts_total: 0, instance_age_seconds: 2.5 })

  process.kill(pidOf(identity), 'SIGKILL')
  await untilState(manifest, (state) => !state.running)
  expect(await look()).toEqual({ running: 0, instance_ready: 0, restarts_total: 0, instance_age_seconds: 0 })
})

test('a frozen shim is blindness, and does not hold the look up for longer than its time-out', async () => {
  const folder = open()
  const shim = await folder.start(await folder.manifest('web-1'))
  process.kill(shim, 'SIGSTOP')
  const connector = processConnector({ name: 'lab', dir: folder.dir, fetchTimeoutMs: 100 })
  const startedMs = performance.now()
  expect((await connector.observe(abort, 1)).samples).toEqual([])
  await expect(connector.tools.instances!.read('lab:shop/instance/web-1', abort)).rejects.toBeInstanceOf(BlindError)
  expect(performance.now() - startedMs).toBeLessThan(1000)
})

test('a restart can be given up while it is under way; the same key finds out what became of it', async () => {
  const folder = open()
  const manifest = await folder.manifest('web-1')
  const shim = await folder.start(manifest)
  const { identity } = await untilState(manifest, (state) => state.ready)
  const instances = instancesIn(folder.dir)
  const change = { ifIdentity: identity, key: 'run-1/apply' }

  process.kill(shim, 'SIGSTOP')
  const late = instances.restart('lab:shop/instance/web-1', change, AbortSignal.timeout(50))
  await expect(late).rejects.toBeInstanceOf(RetryableError)
  process.kill(shim, 'SIGCONT')

  await instances.restart('lab:shop/instance/web-1', change, abort)
  expect((await stateOf(manifest)).effects.map(({ key }) => key)).toEqual(['run-1/apply'])
})

test('what is no instance of this connector is refused before anybody is asked', async () => {
  const instances = instancesIn('/no/such/folder')
  await expect(instances.read('lab:shop/service/web', abort)).rejects.toBeInstanceOf(TerminalError)
  const change = { ifIdentity: 'x', key: 'k' }
  await expect(instances.restart('other:shop/instance/web-1', change, abort)).rejects.toBeInstanceOf(TerminalError)
})

test('a name in another namespace is not this one', async () => {
  const folder = open()
  await folder.start(await folder.manifest('web-1'))
  const instances = instancesIn(folder.dir)
  await expect(instances.read('lab:prod/instance/web-1', abort)).rejects.toBeInstanceOf(BlindError)
})

test('a folder that cannot be read is an error, never an empty world', async () => {
  const connector = processConnector({ name: 'lab', dir: '/no/such/folder' })
  await expect(connector.discover(abort)).rejects.toThrow('cannot look for shims in /no/such/folder')
  await expect(connector.observe(abort, 1)).rejects.toBeInstanceOf(RetryableError)
})
