import { expect } from 'vitest'
import { REMEDIES } from '../../src/decide/registry.ts'
import { rulesOf } from '../../src/diagnose/engines/rules.ts'
import { DIAGNOSIS_ENGINES } from '../../src/diagnose/registry.ts'
import type { Instances } from '../../src/domain/ports.ts'
import type { ResourceRef } from '../../src/domain/resource.ts'
import { topologyOf, type Topology } from '../../src/domain/topology.ts'
import { TOPOLOGY, WEB, WEB_2, WEB_3 } from '../gate-world.ts'
import type { EnginePorts } from '../../src/engine/ports.ts'
import { knownParts } from '../../src/engine/proof/known.ts'
import { deriveAgain } from '../../src/engine/proof/prove.ts'
import { GATES } from '../../src/gate/registry.ts'
import { ruledBy, scenario, type Mutant, type Owner, type Stage } from './stage.ts'

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

/** A policy that allows three restarts, over the pods. */
async function owned(stage: Stage): Promise<Owner> {
  const ruled = ruledBy(stage, { cooldownMs: 0 }, THREE)
  return stage.own((ports) => ruled({ ...ports, ...overPods() }))
}

const overPods = (): Pick<EnginePorts, 'topology' | 'tools'> => ({
  topology: () => pods.topology(),
  tools: () => ({ instances: pods.instances }),
})

const setting = () => {
  pods = makePods(false)
  const more = (): readonly { target: ResourceRef; metric: string; value: number }[] =>
    ['up', 'running'].map((metric) => ({ target: pods.names.at(-1) ?? WEB, metric, value: Number(pods.isUp()) }))
  return { change: { topology: () => pods.topology() }, senses: { more } }
}

const EVERY_NAME_COUNTS: Mutant = {
  name: 'every name is an owner of its own',
  ports: (ports) => {
    pods = makePods(true)
    return { ...ports, ...overPods() }
  },
}

/** The plan forgets which parts of its owner its expectations were about: what is gone is blind. */
const NO_HEIRS: Mutant = {
  name: 'nothing takes the place of a name that is gone',
  ports: (ports) => ({
    ...ports,
    record: {
      ...ports.record,
      commit: (commit) => {
        for (const { body } of commit.entries) {
          if (body.kind !== 'run-started') continue
          for (const expectation of body.plan.verify.expectations) Object.assign(expectation, { among: undefined })
        }
        return ports.record.commit(commit)
      },
    },
  }),
}

scenario(
  'a restart that gives a new name heals, once what has come in its place is well',
  [NO_HEIRS],
  async (stage) => {
    const { record } = await owned(stage)
    await stage.clock.advance(5000)
    pods.crash()
    await stage.clock.advance(MINUTE_MS)
    expect(pods.names).toHaveLength(2)
    const [ended] = await stage.told('run-ended')
    expect(ended).toMatchObject({ outcome: 'healed' })
    expect(await stage.told('assessed')).toMatchObject([
      { assessment: { measure: { own: [{ heirs: [pods.names[1]] }, {}, {}] } } },
    ])
    expect(await stage.told('paged')).toEqual([])
    expect(await stage.told('incident-closed')).toHaveLength(1)
    const entries = await record.entries({})
    const derived = deriveAgain(
      entries.filter(({ incident }) => incident !== undefined),
      knownParts(entries),
      { gates: GATES, engines: DIAGNOSIS_ENGINES, rulesOf, remedies: REMEDIES },
    )
    expect(derived.length).toBeGreaterThan(4)
    expect(derived.filter(({ result }) => result !== 'same')).toEqual([])
  },
  setting,
)

scenario(
  'a crash loop in which every restart gives a new name: what counts is the service, not the name',
  [EVERY_NAME_COUNTS, 'gate attempts allows'],
  async (stage) => {
    await owned(stage)
    crashLoop(stage)
    await stage.clock.advance(10 * MINUTE_MS)
    expect(pods.names).toHaveLength(1 + 3)
    expect((await stage.told('run-ended')).map(({ outcome }) => outcome)).toEqual(['healed', 'healed', 'healed'])
    // The limit latches: from then on a person is asked, whatever the next name is.
    expect(await stage.told('latched')).toMatchObject([{ owner: WEB }])
    expect(pods.isUp()).toBe(false)
  },
  setting,
)
