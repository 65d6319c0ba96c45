import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { HAS_CURL } from '../../../test/curl.ts'
import { operationsLaws } from '../../../test/operations-laws.ts'
import { shimFolder, type ShimFolder } from '../../../test/shims.ts'
import { specsLaws } from '../../../test/specs-laws.ts'
import { worldsOf } from '../../../test/worlds.ts'
import { BlindError, TerminalError } from '../../domain/errors.ts'
import type { Connector } from '../../domain/ports.ts'
import type { ResourceRef } from '../../domain/resource.ts'
import { processConnector } from './index.ts'
import type { Manifest } from './shim/schema.ts'

const abort = new AbortController().signal
const target: ResourceRef = 'lab:shop/instance/web-1'
const idle: Partial<Manifest> = { command: ['/bin/sleep', '600'], ready: 'none' }

type World = {
  readonly folder: ShimFolder
  readonly connector: Connector
  readonly shim: number
  readonly blind: () => Promise<unknown>
  readonly close: () => Promise<unknown>
}

/** One instance that sleeps, with what its manifest declares. */
async function world(declared: (dir: string) => Partial<Manifest>): Promise<World> {
  const folder = shimFolder()
  const shim = await folder.start(await folder.manifest('web-1', { ...idle, ...declared(folder.dir) }))
  return {
    folder,
    connector: processConnector({ name: 'lab', dir: folder.dir }),
    shim,
    blind: async () => process.kill(shim, 'SIGKILL'),
    close: () => folder.close(),
  }
}

specsLaws('the configuration of an instance', async () => {
  const { connector, blind, close } = await world((dir) => {
    const file = join(dir, 'settings')
    writeFileSync(file, '{ "pool": 10, "theme": "light" }')
    return { configuration: { file, goodAfterMs: 86_400_000 } }
  })
  return {
    specs: connector.tools.configuration!,
    target,
    one: { pool: 20, extra: [1, 2] },
    two: { pool: 30, extra: 'none' },
    beside: { theme: 'dark' },
    removable: 'extra',
    refused: [{ lastGood: {} }, { __proto: 1 }, { 'a name': 1 }],
    holds: false,
    blind,
    close,
  }
})

specsLaws('the workload of a service', async () => {
  const { folder, connector, close } = await world(() => ({}))
  const shims: number[] = []
  for (const name of ['web-2', 'web-3']) {
    shims.push(await folder.start(await folder.manifest(name, { ...idle, standby: true })))
  }
  return {
    specs: connector.tools.workloads!,
    target: 'lab:shop/service/web',
    one: { replicas: 2 },
    two: { replicas: 3 },
    refused: [{ replicas: 0 }, { replicas: 4 }, { replicas: 1.5 }, { replicas: null }, { other: 1 }],
    holds: false,
    blind: async () => process.kill(shims[1]!, 'SIGKILL'),
    close,
  }
})

operationsLaws('the disk of an instance', async () => {
  const { connector, folder, blind, close } = await world((dir) => {
    mkdirSync(join(dir, 'disk'))
    return { disk: { path: join(dir, 'disk'), capacityBytes: 1000, clean: [{ glob: '*.log' }] } }
  })
  const disks = connector.tools.disks!
  const disk = join(folder.dir, 'disk')
  let cleaned = 0
  writeFileSync(join(disk, 'old.log'), 'x'.repeat(900))
  return {
    operations: disks,
    target,
    params: {},
    refused: [{ path: '/' }, { glob: '**' }],
    // A file that is there again each time is gone each time that the disk is cleaned.
    effects: async () => {
      if (existsSync(join(disk, 'old.log'))) return cleaned
      const { generation } = await disks.read(target, abort).catch(() => ({ generation: cleaned + 1 }))
      writeFileSync(join(disk, 'old.log'), 'x'.repeat(900))
      return (cleaned = generation)
    },
    blind,
    close,
  }
})

operationsLaws('the commands of an instance', async () => {
  const { connector, folder, blind, close } = await world((dir) => ({
    cwd: dir,
    commands: { mark: { argv: ['/bin/sh', '-c', 'echo done >> "$0"', join(dir, 'marks')] } },
  }))
  const marks = join(folder.dir, 'marks')
  return {
    operations: connector.tools.commands!,
    target,
    params: { command: 'mark' },
    refused: [{}, { command: 'rm' }, { command: 'toString' }, { command: 7 }, { command: 'mark', argument: '-f' }],
    effects: async () => (existsSync(marks) ? readFileSync(marks, 'utf8').split('\n').length - 1 : 0),
    blind,
    close,
  }
})

const made = worldsOf(() => world(() => ({})))

test('what a manifest does not declare is refused, and what no shim serves is blindness', async () => {
  const { connector } = await made()
  const { workloads, configuration, disks, commands, caches, pools } = connector.tools
  for (const tool of [configuration, disks, commands, caches, pools]) {
    await expect(tool!.read(target, abort)).rejects.toThrow(/^the manifest of 'lab:shop\/instance\/web-1' declares no/)
    await expect(tool!.read('lab:shop/instance/nobody', abort)).rejects.toBeInstanceOf(BlindError)
    await expect(tool!.read('lab:shop/service/web', abort)).rejects.toBeInstanceOf(TerminalError)
    await expect(tool!.read('lab:prod/instance/web-1', abort)).rejects.toBeInstanceOf(BlindError)
  }
  await expect(workloads!.read('lab:shop/service/web', abort)).rejects.toThrow('no instance of it stands by')
  await expect(workloads!.read('lab:shop/service/nobody', abort)).rejects.toBeInstanceOf(BlindError)
  await expect(workloads!.read(target, abort)).rejects.toBeInstanceOf(TerminalError)
})

test.skipIf(!HAS_CURL)(
  'a person restarts an instance and sets its configuration by the commands that are shown',
  async () => {
    const { folder, connector, close } = await world((dir) => {
      const file = join(dir, 'settings')
      writeFileSync(file, '{ "pool": 10 }')
      return { configuration: { file, goodAfterMs: 86_400_000 } }
    })
    try {
      const { instances, configuration } = connector.tools
      const { identity } = await instances!.read(target, abort)
      const commands = [
        ...(await instances!.byHand!(target)),
        ...(await configuration!.byHand!(target, { values: { pool: 20 } })),
      ]
      for (const command of commands) execFileSync('sh', ['-c', command])
      expect((await instances!.read(target, abort)).identity).not.toBe(identity)
      expect(JSON.parse(readFileSync(join(folder.dir, 'settings'), 'utf8'))).toEqual({ pool: 20 })
    } finally {
      await close()
    }
  },
)
