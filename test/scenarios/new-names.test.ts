import { expect } from 'vitest'
import type { Instances } from '../../src/domain/ports.ts'
import type { ResourceRef } from '../../src/domain/resource.ts'
import { topologyOf, type Topology } from '../../src/domain/topology.ts'
import { TOPOLOGY, WEB, WEB_2, WEB_3 } from '../gate-world.ts'
import { ruledBy, scenario, type Stage } from './stage.ts'

/** A service of three; a restart ends one of them, and another comes up under the next name, as pods do. */
type Pods = {
  readonly names: ResourceRef[]
  readonly topology: () => Topology
  readonly instances: Instances
  crash(): void
  isUp(): boolean
}

function makePods(isDurable: boolean): Pods {
  const nameOf = (n: number): ResourceRef => `lab:shop/instance/web-${n}`
  const names = [nameOf(100)]
  let isUp = true
  const newest = (): ResourceRef => names.at(-1) ?? nameOf(100)
  const state = (): Awaited<ReturnType<Instances['read']>> => ({
    identity: newest(),
    running: isUp,
    ready: isUp,
    startedAtMs: 0,
  })
  return {
    names,
    topology: () =>
      topologyOf([
        ...[...TOPOLOGY.values()].filter(({ ref }) => !ref.includes('/web-')),
        ...[newest(), WEB_2, WEB_3].map((ref) => ({
          ref,
          partOf: WEB,
          dependsOn: [],
          durable: isDurable,
          sharedFate: [],
        })),
      ]),
    instances: {
      read: async () => state(),
      restart: async () => {
        names.push(nameOf(100 + names.length))
        isUp = true
      },
    },
    crash: () => void (isUp = false),
    isUp: () => isUp,
  }
}

let pods = makePods(false)

/** Twenty seconds after it came up it is down again. */
function crashLoop({ clock }: Stage): void {
  clock.after(20_000, function again() {
    pods.crash()
    clock.after(20_000, again)
  })
}

const MINUTE_MS = 60_000
const THREE = { perTarget: [{ attempts: 3, withinMs: 60 * MINUTE_MS, latches: true }], minHealthy: 1 }

scenario(
  'a crash loop in which every restart gives a new name: what counts is the service, not the name',
  [
    {
      name: 'every name is an owner of its own',
      ports: (ports) => {
        pods = makePods(true)
        return {
          ...ports,
          topology: () => pods.topology(),
          tools: () => ({ instances: pods.instances }),
        }
      },
    },
  ],
  async (stage) => {
    const { clock } = stage
    const ruled = ruledBy(stage, { cooldownMs: 0 }, THREE)
    await stage.own((ports) =>
      ruled({ ...ports, topology: () => pods.topology(), tools: () => ({ instances: pods.instances }) }),
    )
    crashLoop(stage)
    await clock.advance(30 * MINUTE_MS)
    expect(pods.names.length - 1).toBeGreaterThan(0)
    expect(pods.names.length - 1).toBeLessThanOrEqual(3)
    // What became of the name that is gone nobody can see: that ends with a person, before or at the limit.
    expect(await stage.told('paged')).not.toEqual([])
  },
  () => {
    pods = makePods(false)
    const more = (): readonly { target: ResourceRef; metric: string; value: number }[] => [
      ...['up', 'running'].map((metric) => ({ target: pods.names.at(-1) ?? WEB, metric, value: Number(pods.isUp()) })),
    ]
    return { change: { topology: () => pods.topology() }, senses: { more } }
  },
)
