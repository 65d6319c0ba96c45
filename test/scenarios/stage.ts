import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { EntryBody, EntryKind } from '../../src/domain/entry.ts'
import type { Policy } from '../../src/domain/policy.ts'
import type { RecordPort } from '../../src/domain/ports.ts'
import type { EnginePorts } from '../../src/engine/ports.ts'
import { startEngine, type Running } from '../../src/engine/start.ts'
import { openRecord } from '../../src/store/record.ts'
import { engineWorld, type EngineWorld, type Senses } from '../engine-world.ts'
import { POLICY } from '../gate-world.ts'
import { MUTATIONS } from '../sim/mutations.ts'

/** One owner of the record: the real engine on the real store, on the world's clock. */
export type Owner = Running & {
  readonly record: RecordPort
  /** Every commit that was refused, in words. */
  readonly refused: readonly string[]
  /** An orderly end: the record is free for the next owner. */
  end(): Promise<void>
}

/** A scenario's world, and its record in a folder of its own. */
export type Stage = EngineWorld & {
  readonly folder: string
  own(change?: (ports: EnginePorts) => EnginePorts): Promise<Owner>
  /** The bodies of all entries of a kind, as a reader beside the owner finds them. */
  told<Kind extends EntryKind>(kind: Kind): Promise<Extract<EntryBody, { readonly kind: Kind }>[]>
}

/** A way to break the engine: one that the simulator has, by its name, or one of the scenario's own. */
export type Mutant = string | { readonly name: string; readonly ports: (ports: EnginePorts) => EnginePorts }

type Play = (stage: Stage) => Promise<void>
type Setting = { readonly change?: Partial<EnginePorts>; readonly senses?: Senses }

/**
 * A story that ends well, told twice: as it is, and once for every mutant, each of which must make one of its
 * expectations fail.
 */
export function scenario(
  name: string,
  mutants: readonly Mutant[],
  play: Play,
  setting: () => Setting = () => ({}),
): void {
  test(name, { timeout: 60_000 }, () => staged(play, setting()))
  test.each(mutants.map(mutantOf))(`${name}: fails when $name`, { timeout: 60_000 }, async ({ ports }) => {
    await expect(staged(play, setting(), ports)).rejects.toThrow(/expected|AssertionError/i)
  })
}

function mutantOf(mutant: Mutant): Exclude<Mutant, string> {
  if (typeof mutant !== 'string') return mutant
  const found = MUTATIONS.find(({ name }) => name === mutant)
  if (!found?.ports) throw new Error(`no mutant is called '${mutant}'`)
  const { ports } = found
  return { name: mutant, ports: (asked) => ports(asked, undefined as never) }
}

async function staged(play: Play, { change, senses }: Setting, mutate = (ports: EnginePorts): EnginePorts => ports) {
  const folder = mkdtempSync(join(tmpdir(), 'kintsugi-scenario-'))
  const world = engineWorld(undefined as never, change, senses)
  const owners: Owner[] = []
  const stage: Stage = {
    ...world,
    folder,
    own: async (more = (ports) => ports) => {
      const record = await openRecord({ folder, moment: world.clock.moment, ...QUICK })
      const owner = await ownerOf(world, record, (ports) => mutate(more(ports)))
      owners.push(owner)
      return owner
    },
    told: async (kind) => {
      const entries = (await owners.at(-1)?.record.entries({ kinds: [kind] })) ?? []
      return entries.flatMap(({ body }) => (body?.kind === kind ? [body as never] : []))
    },
  }
  try {
    await play(stage)
  } finally {
    for (const owner of owners) await owner.end()
    rmSync(folder, { recursive: true, force: true })
  }
}

const QUICK = { inProcess: true, synchronous: 'off', reserveBytes: 0 } as const

async function ownerOf(
  world: EngineWorld,
  record: RecordPort,
  change: (ports: EnginePorts) => EnginePorts,
): Promise<Owner> {
  const refused: string[] = []
  const commit: RecordPort['commit'] = (asked) =>
    record.commit(asked).catch((thrown: unknown) => {
      refused.push(String(thrown))
      throw thrown
    })
  const running = await startEngine(change({ ...world.ports, record: { ...record, commit } }))
  let ended: Promise<void> | undefined
  const end = async (): Promise<void> => {
    await world.stop(running)
    await record.close()
  }
  return { ...running, record, refused, end: () => (ended ??= end()) }
}

/** The world's settings under another policy and other limits. */
export function ruledBy(
  stage: Pick<Stage, 'ports'>,
  policy: Partial<Policy>,
  limits: Partial<EnginePorts['settings']['limits']> = {},
): (ports: EnginePorts) => EnginePorts {
  const { settings } = stage.ports
  const ruled = {
    ...settings,
    policies: [{ ...POLICY, ...policy }],
    limits: { ...settings.limits, ...limits },
  }
  return (ports) => ({ ...ports, settings: ruled, reload: async () => ruled })
}
