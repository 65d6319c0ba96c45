import type { Basis } from '../../domain/basis.ts'
import type { Ledger } from '../../domain/ledger.ts'
import type { Plan } from '../../domain/plan.ts'
import type { ResourceRef } from '../../domain/resource.ts'
import type { Topology } from '../../domain/topology.ts'
import type { Excerpt } from '../../gate/excerpt.ts'
import type { GateInput, World } from '../../gate/gate.ts'
import type { Json } from '../../lib/json.ts'
import { fromPlain, toPlain } from '../../lib/plain.ts'
import { measureFrom, plainMeasure, plainReadiness, plainTopology, readinessFrom, topologyFrom } from './compact.ts'
import { ownPart, sharedPart, type Part, type Shelve } from './parts.ts'

type Fields = { readonly [field: string]: Json }

/** The question as it is written down, without its plan, which stands beside it. */
export function basisOf({ input, readiness }: Excerpt, shelve: Shelve): Basis {
  const { plan: _, step, world, ledger, ...asked } = input
  const fields = Object.entries(world).map(([name, value]): [string, Json] => {
    if (name === 'readiness') return [name, plainReadiness(readiness, world.topology)]
    if (name === 'topology') return [name, shelve(topologyPart(world.topology))]
    if (name === 'measure') return [name, shelve(ownPart(plainMeasure(world.measure)))]
    return [name, sharedField(value, shelve)]
  })
  return {
    asked: toPlain({ ...asked, ...(step && { step: step.name }) }),
    ledger: fieldsOf(ledger, (value) => shelve(ownPart(toPlain(value)))),
    world: Object.fromEntries(fields),
  }
}

export function topologyPart(topology: Topology): Part {
  return sharedPart(topology, () => plainTopology(topology))
}

function fieldsOf(of: object, written: (value: unknown) => Json): Fields {
  const given = Object.entries(of).filter(([, value]) => value !== undefined)
  return Object.fromEntries(given.map(([name, value]) => [name, written(value)]))
}

/** Most of the world is the same for many decisions. What is undefined means something to a gate, and is written too. */
function sharedField(value: unknown, shelve: Shelve): Json {
  return value === undefined ? { $absent: true } : shelve(sharedPart(value, () => toPlain(value)))
}

/** The question again, as the gates were asked it. Throws where the basis does not hold all of it. */
export function inputFrom(basis: Basis, plan: Plan): GateInput {
  const { step: name, ...asked } = fromPlain(basis['asked']) as Omit<
    GateInput,
    'plan' | 'step' | 'ledger' | 'world'
  > & {
    readonly step?: string
  }
  const step = plan.steps.find((one) => one.name === name)
  return {
    ...asked,
    plan,
    ...(step && { step }),
    ledger: valuesOf(basis['ledger']) as Ledger,
    world: worldFrom(basis['world'] as Fields),
  }
}

function worldFrom(fields: Fields): World {
  const { topology: nodes, readiness: letters, measure, ...rest } = fields
  const topology = topologyFrom(nodes)
  const readiness = readinessFrom(letters, topology)
  const get = (ref: ResourceRef): boolean | undefined => {
    if (!readiness.has(ref)) throw new Error(`the record does not hold whether ${ref} was ready`)
    return readiness.get(ref)
  }
  return { ...valuesOf(rest), topology, readiness: { get }, measure: measureFrom(measure) } as World
}

export function valuesOf(fields: Json | undefined): object {
  const given = Object.entries(fields ?? {}).filter(([, value]) => !isAbsent(value))
  return Object.fromEntries(given.map(([name, value]) => [name, fromPlain(value)]))
}

const isAbsent = (plain: unknown): boolean => typeof plain === 'object' && plain !== null && '$absent' in plain
