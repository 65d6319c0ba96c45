import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { startEngine } from '../../src/engine/start.ts'
import { openReadOnly } from '../../src/store/reader.ts'
import { openRecord } from '../../src/store/record.ts'
import type { Retention } from '../../src/store/retention.ts'
import { engineWorld, type EngineWorld } from '../engine-world.ts'
import { POLICY, WEB, WEB_1, WEB_2, WEB_3 } from '../gate-world.ts'
import { randomOf, type Random } from '../sim/random.ts'

/** What is there at the end of one simulated day. */
export type DayReport = {
  readonly day: number
  readonly effects: number
  /** Memory in use after a collection, in bytes. */
  readonly heapBytes: number
  /** Of the record's file: what its rows need, free pages left out. */
  readonly recordBytes: number
  readonly rows: Readonly<Record<string, number>>
}

export const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const EVERY_MS = 30_000

/** A quick one, so that a few days show what months do: bodies for half a day, entries for a day. */
export const KEEP: Retention = {
  sealAfterEntries: 200,
  sealAfterMs: 6 * HOUR_MS,
  keepPayloadsMs: 12 * HOUR_MS,
  keepEntriesMs: DAY_MS,
}

/**
 * Days in the life of one owner, on the fake clock: instances die, recover alone and leak, people approve, hold and
 * release, retention runs every hour. Yields at the end of each day what it has come to.
 */
export async function* month(folder: string, days: number, keep: Retention = KEEP): AsyncGenerator<DayReport> {
  const world = engineWorld(undefined as never, { pollMs: EVERY_MS }, { probeMs: EVERY_MS })
  const { clock } = world
  const record = await openRecord({
    folder,
    moment: clock.moment,
    inProcess: true,
    synchronous: 'off',
    reserveBytes: 0,
  })
  const verify = { healthyForMs: 60_000, withinMs: 180_000, blindForMs: 180_000, guards: [] }
  const perTarget = [{ attempts: 4, withinMs: 6 * HOUR_MS, latches: true }]
  const policies = [{ ...POLICY, cooldownMs: 0, verify, approval: { above: 1, severities: [], withinMs: HOUR_MS } }]
  const auto = { ...world.ports.settings, policies, limits: { perTarget, minHealthy: 1 } }
  const asking = {
    ...auto,
    digest: 'asking',
    policies: policies.map((one) => ({ ...one, autonomy: 'approve' as const })),
  }
  let isAsking = false
  const reload = async (): Promise<typeof auto> => (isAsking ? asking : auto)
  const running = await startEngine({ ...world.ports, record, settings: auto, reload })
  const random = randomOf(1)
  const { operator } = running
  try {
    for (let day = 1; day <= days; day++) {
      for (let hour = 0; hour < 24; hour++) {
        fallIll(world, random)
        await clock.advance(HOUR_MS / 2)
        const by = { by: 'ada', reason: 'soak' }
        for (const { proposal } of await record.proposals({})) {
          await settled(world, operator.approve({ proposal: proposal.id, ...by }))
        }
        if (hour % 6 === 5) await settled(world, operator.release({ subject: WEB, ...by }))
        if (hour % 8 === 7) {
          isAsking = !isAsking
          await settled(world, operator.reload())
        }
        await clock.advance(HOUR_MS / 2)
        while ((await record.retain(keep)).more);
      }
      yield { day, effects: world.instances.effects.length, heapBytes: heapBytes(), ...sizesOf(folder) }
    }
  } finally {
    await world.stop(running)
    await record.close()
  }
}

/** One of three ways to be ill: until it is mended, for a while, or again and again. */
function fallIll({ clock, instances }: EngineWorld, random: Random): void {
  const target = random.pick([WEB_1, WEB_2, WEB_3])
  switch (random.weighted({ dead: 3, passing: 2, well: 2 })) {
    case 'dead':
      return instances.set(target, { running: false })
    case 'passing':
      instances.set(target, { ready: false })
      clock.after(90_000, () => instances.becomeReady(target))
      return
    case 'well':
  }
}

/** What a person asks takes its time; a no is an answer too. */
async function settled({ clock }: EngineWorld, asked: Promise<unknown>): Promise<void> {
  const over = asked.catch(() => {})
  await clock.advance(EVERY_MS)
  await over
}

function heapBytes(): number {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  collect()
  return process.memoryUsage().heapUsed
}

const TABLES = [
  'entries',
  'payloads',
  'segments',
  'runs',
  'attempts',
  'incidents',
  'proposals',
  'locks',
  'holds',
] as const

function sizesOf(folder: string): Pick<DayReport, 'recordBytes' | 'rows'> {
  const db = openReadOnly(folder)
  try {
    const number = (pragma: string): number => Number(db.raw(`pragma ${pragma}`)[0]?.[pragma])
    const rows = TABLES.map((table) => [table, Number(db.raw(`select count(*) as n from ${table}`)[0]?.['n'])] as const)
    const recordBytes = (number('page_count') - number('freelist_count')) * number('page_size')
    return { recordBytes, rows: Object.fromEntries(rows) }
  } finally {
    db.close()
  }
}
