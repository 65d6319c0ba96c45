import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { IncidentView, Overview, PolicyView, TargetView } from '../src/domain/view.ts'
import { consoleWorld, instance, pool, service } from './console-world.ts'
import { wavesStory } from './console-waves.ts'
import { openTestRecord } from './engine-conformance.ts'

/** What the console is tried with, by file. */
export type ConsoleFixtures = {
  readonly 'overview-quiet': Overview
  readonly 'overview-busy': Overview
  readonly 'incident-healed': IncidentView
  readonly 'incident-waiting': IncidentView
  readonly 'incident-stuck': IncidentView
  readonly 'incident-waves': IncidentView
  readonly targets: readonly TargetView[]
  readonly policies: readonly PolicyView[]
}

/** Plays an hour of the shop: api-1 fails and is healed, db-1 is slow and waits for a yes, web-1 cannot be undone. */
export async function consoleFixtures(): Promise<ConsoleFixtures> {
  const record = await openTestRecord()
  const shop = consoleWorld(record)
  const { world, ail, pools, story } = shop
  const running = await world.start()
  const { views } = running.operator
  try {
    await world.clock.advance(120_000)
    const quiet = await views.overview()
    await running.operator.pause({ by: 'ann', reason: 'looking at the balancer', freeze: false })
    await world.clock.advance(20_000)
    await running.operator.resume({ by: 'ann', reason: 'it was nothing' })
    await world.clock.advance(20_000)

    ail('api-1', { failing: 0.4 })
    await world.clock.advance(90_000)
    const healed = await views.incident(await story(service('api')))

    ail('web-1', { failing: 0.3, stubborn: true })
    await world.clock.advance(35_000)
    // The load has left, and that does not help; then somebody else sets the weight, so that nothing can be taken back.
    pools.set(pool('web'), { 'weight.web-1': 40 })
    await world.clock.advance(45_000)
    const stuck = await views.incident(await story(service('web')))

    ail('db-1', { slowMs: 480 })
    await world.clock.advance(45_000)
    await running.operator.hold({ by: 'ben', reason: 'disk swap', target: instance('worker-1'), forMs: 3_600_000 })
    await world.clock.advance(120_000)
    ail('api-2', { diskPercent: 93.4 })
    shop.instances.set(instance('api-1'), { running: false })
    await world.clock.advance(3500)
    return {
      'overview-quiet': quiet,
      'overview-busy': await views.overview(),
      'incident-healed': healed,
      'incident-waiting': await views.incident(await story(service('db'))),
      'incident-stuck': stuck,
      'incident-waves': await inWaves(),
      targets: await views.targets(),
      policies: await views.policies(),
    }
  } finally {
    await world.stop(running)
    await record.close()
  }
}

async function inWaves(): Promise<IncidentView> {
  const record = await openTestRecord()
  try {
    return await wavesStory(record)
  } finally {
    await record.close()
  }
}

if (import.meta.main) {
  const folder = join(import.meta.dirname, '..', 'web', 'fixtures')
  mkdirSync(folder, { recursive: true })
  for (const [name, value] of Object.entries(await consoleFixtures())) {
    writeFileSync(join(folder, `${name}.json`), `${JSON.stringify(value, null, 1)}\n`)
  }
}
