import type { RecordPort } from '../src/domain/ports.ts'
import type { ResourceRef } from '../src/domain/resource.ts'
import { foldIncident } from '../src/domain/incident-fold.ts'
import { topologyOf } from '../src/domain/topology.ts'
import type { IncidentView } from '../src/domain/view.ts'
import { engineWorld, type EngineWorld } from './engine-world.ts'
import { POLICY, SHOP, WEB } from './gate-world.ts'

const EIGHT: readonly ResourceRef[] = Array.from({ length: 8 }, (_, i): ResourceRef => `lab:shop/instance/web-${i + 1}`)
const TOPOLOGY = topologyOf([
  { ref: SHOP, dependsOn: [], durable: true, sharedFate: [] },
  { ref: WEB, partOf: SHOP, dependsOn: [], durable: true, sharedFate: [] },
  ...EIGHT.map((ref) => ({ ref, partOf: WEB, dependsOn: [], durable: false, sharedFate: [] })),
])

/** Eight instances stop answering at once, and a restart helps: one is treated, then two, then the rest. */
export async function wavesStory(record: RecordPort): Promise<IncidentView> {
  const { settings } = engineWorld(record).ports
  const policy = { ...POLICY, cooldownMs: 0, ladder: ['restart-instance', 'page'] }
  let world: EngineWorld | undefined
  let isSick = false
  const isRestarted = (target: ResourceRef): boolean =>
    world?.instances.effects.some((effect) => effect.target === target) ?? false
  world = engineWorld(
    record,
    {
      topology: () => TOPOLOGY,
      settings: { ...settings, policies: [policy], limits: { ...settings.limits, minHealthy: 0 } },
    },
    { instances: EIGHT, answers: (target) => !isSick || isRestarted(target) },
  )
  const running = await world.start()
  try {
    await world.clock.advance(5000)
    isSick = true
    await world.clock.advance(90_000)
    const [id = ''] = await record.incidents({ limit: 1 })
    const entries = await record.entries({ incident: id })
    return await running.operator.views.incident({ incident: foldIncident(entries)!, entries })
  } finally {
    await world.stop(running)
  }
}
