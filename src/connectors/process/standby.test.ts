import { mkdirSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { pidOf, shimFolder, stateOf, untilState, type ShimFolder } from '../../../test/shims.ts'
import { worldsOf } from '../../../test/worlds.ts'
import type { Connector, Spec } from '../../domain/ports.ts'
import type { ResourceRef } from '../../domain/resource.ts'
import { processConnector } from './index.ts'
import type { Manifest } from './shim/schema.ts'

const abort = new AbortController().signal
const service: ResourceRef = 'lab:shop/service/web'
const idle: Partial<Manifest> = { command: ['/bin/sleep', '600'], ready: 'none' }

type World = { readonly folder: ShimFolder; readonly connector: Connector; readonly close: () => Promise<unknown> }

const made = worldsOf(async (): Promise<World> => {
  const folder = shimFolder()
  return { folder, connector: processConnector({ name: 'lab', dir: folder.dir }), close: () => folder.close() }
})

/** A service of which web-1 always runs, and web-9 and web-10 stand by. */
async function scaling(): Promise<World & { manifests: Record<string, Manifest>; shims: Record<string, number> }> {
  const world = await made()
  const [manifests, shims]: [Record<string, Manifest>, Record<string, number>] = [{}, {}]
  for (const name of ['web-1', 'web-9', 'web-10']) {
    const manifest = await world.folder.manifest(name, { ...idle, standby: name !== 'web-1' })
    manifests[name] = manifest
    shims[name] = await world.folder.start(manifest)
  }
  return { ...world, manifests, shims }
}

async function scale({ tools }: Connector, replicas: number): Promise<void> {
  const { revision } = await tools.workloads!.read(service, abort)
  await tools.workloads!.patch(service, { values: { replicas }, ifRevision: revision, key: `to-${replicas}` }, abort)
}

const nodesOf = async (connector: Connector): Promise<string[]> =>
  (await connector.discover(abort)).nodes.map(({ ref }) => ref.replace('lab:shop/', ''))

const metricsOf = async (connector: Connector, of: ResourceRef): Promise<Record<string, number>> => {
  const { samples } = await connector.observe(abort, 1_800_000_000_000)
  return Object.fromEntries(samples.filter(({ target }) => target === of).map(({ metric, value }) => [metric, value]))
}

test('a service that scales says so; what stands by is not there for anybody until it is wanted', async () => {
  const { connector, manifests } = await scaling()
  const { nodes, addresses } = await connector.discover(abort)
  expect(nodes.map(({ ref, can }) => [ref, can])).toEqual([
    [service, ['workloads']],
    ['lab:shop/instance/web-1', undefined],
  ])
  expect([...addresses.keys()]).toEqual(['lab:shop/instance/web-1'])
  expect(await metricsOf(connector, service)).toEqual({ replicas: 1, replicas_ready: 1 })
  expect(await metricsOf(connector, 'lab:shop/instance/web-9')).toEqual({})

  await scale(connector, 2)
  expect(await nodesOf(connector)).toEqual(['service/web', 'instance/web-1', 'instance/web-9'])
  expect(await metricsOf(connector, service)).toEqual({ replicas: 2, replicas_ready: 2 })
  await scale(connector, 3)
  expect((await stateOf(manifests['web-10']!)).running).toBe(true)
  await scale(connector, 1)
  expect(await nodesOf(connector)).toEqual(['service/web', 'instance/web-1'])
})

test('one that dies while it is wanted stays on the map, and is restarted like any other', async () => {
  const { connector, manifests } = await scaling()
  await scale(connector, 2)
  const { identity } = await stateOf(manifests['web-9']!)
  process.kill(pidOf(identity), 'SIGKILL')
  await untilState(manifests['web-9']!, (state) => !state.running)
  expect(await nodesOf(connector)).toContain('instance/web-9')
  expect(await metricsOf(connector, 'lab:shop/instance/web-9')).toMatchObject({ running: 0 })
  expect(await metricsOf(connector, service)).toEqual({ replicas: 2, replicas_ready: 1 })
  await connector.tools.instances!.restart('lab:shop/instance/web-9', { ifIdentity: identity, key: 'k' }, abort)
  expect(await metricsOf(connector, service)).toEqual({ replicas: 2, replicas_ready: 2 })
})

test('while one that is wanted is not seen, nobody says how many are ready', async () => {
  const { connector, shims } = await scaling()
  await scale(connector, 2)
  process.kill(shims['web-9']!, 'SIGKILL')
  expect(await nodesOf(connector)).toContain('instance/web-9')
  expect(await metricsOf(connector, service)).toEqual({ replicas: 2 })
})

test('an instance says what its manifest declares: capabilities, age of its settings, disk and limit', async () => {
  const { folder, connector } = await made()
  const { dir } = folder
  const [file, disk] = [join(dir, 'settings'), join(dir, 'disk')]
  writeFileSync(file, '{}')
  utimesSync(file, 1_799_999_940, 1_799_999_940)
  mkdirSync(disk)
  writeFileSync(join(disk, 'data'), 'x'.repeat(250))
  await folder.start(
    await folder.manifest('web-1', {
      ...idle,
      admin: { caches: '/admin/cache', pools: '/admin/pool' },
      configuration: { file },
      disk: { path: disk, capacityBytes: 1000, clean: [{ glob: 'tmp/**' }] },
      commands: { flush: { argv: ['/bin/true'] } },
      memoryLimitBytes: 64_000_000,
    }),
  )
  const { nodes } = await connector.discover(abort)
  expect(nodes[1]?.can?.toSorted()).toEqual(['caches', 'commands', 'configuration', 'disks', 'instances', 'pools'])
  expect(await metricsOf(connector, 'lab:shop/instance/web-1')).toMatchObject({
    config_age_seconds: 60,
    disk_usage: 25,
    memory_limit_bytes: 64_000_000,
  })
})

test('caches and pools are asked of the instance itself, under the paths of its manifest', async () => {
  const { folder, connector } = await made()
  const { address } = await folder.manifest('web-1')
  const pages = new URL('../../../lab/shop/', import.meta.url)
  const instance = `
    import { createServer } from 'node:http'
    const { answerControl } = await import(process.argv[1] + 'control-page.ts')
    const { operation } = await import(process.argv[1] + 'control.ts')
    const clock = { now: () => 7 }
    const page = operation({ facts: () => ({ keys: 3 }), run: () => {}, clock })
    createServer((request, response) => {
      if (request.url === '/admin/cache') answerControl(page, request, response)
      else response.writeHead(request.url === '/healthz' ? 200 : 404).end()
    }).listen(Number(process.argv[2]), '127.0.0.1')
  `
  const command = [process.execPath, '--input-type=module', '-e', instance, pages.href, address.split(':')[1]!]
  const manifest = await folder.manifest('web-1', { address, command, admin: { caches: '/admin/cache' } })
  await folder.start(manifest)
  await untilState(manifest, (state) => state.ready)
  const caches = connector.tools.caches!
  const change: { params: Spec['values']; ifGeneration: number; key: string } = {
    params: {},
    ifGeneration: 7,
    key: 'k',
  }
  await caches.run('lab:shop/instance/web-1', change, abort)
  expect(await caches.read('lab:shop/instance/web-1', abort)).toEqual({ generation: 8, facts: { keys: 3 } })
})
