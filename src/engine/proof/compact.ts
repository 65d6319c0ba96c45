import type { Measure, SignalState } from '../../domain/plan.ts'
import type { ResourceRef } from '../../domain/resource.ts'
import type { Topology, TopologyNode } from '../../domain/topology.ts'
import type { Json } from '../../lib/json.ts'
import { fromPlain, toPlain } from '../../lib/plain.ts'

/** Many that differ in one key and are alike else: what they are alike in is said once. The order is kept. */
type Alike = { readonly keys: readonly Json[]; readonly kinds: readonly Json[]; readonly of: readonly number[] }

function alike<T extends object>(list: Iterable<T>, key: keyof T & string): Json {
  const [keys, kinds, of]: [Json[], Json[], number[]] = [[], [], []]
  const places = new Map<string, number>()
  for (const { [key]: own, ...rest } of list) {
    const text = JSON.stringify(rest)
    const place = places.get(text) ?? kinds.push(toPlain(rest)) - 1
    places.set(text, place)
    keys.push(toPlain(own))
    of.push(place)
  }
  return { keys, kinds, of }
}

function listOf<T>(plain: Json | undefined, key: keyof T & string): T[] {
  const { keys, kinds, of } = fromPlain(plain) as Alike
  return keys.map((own, i) => ({ ...(kinds[of[i] ?? 0] as object), [key]: own }) as T)
}

export function plainTopology(topology: Topology): Json {
  return alike(topology.values(), 'ref')
}

export function topologyFrom(plain: Json | undefined): Topology {
  return new Map(listOf<TopologyNode>(plain, 'ref').map((node) => [node.ref, node]))
}

export function plainMeasure({ at, own, guards }: Measure): Json {
  return { at, own: alike(own, 'target'), guards: alike(guards, 'target') }
}

export function measureFrom(plain: Json | undefined): Measure {
  const { at, own, guards } = plain as { readonly at: number; readonly own: Json; readonly guards: Json }
  return { at, own: listOf<SignalState>(own, 'target'), guards: listOf<SignalState>(guards, 'target') }
}

type Readiness = ReadonlyMap<ResourceRef, boolean | undefined>

/** One letter for each target of the topology, in its order: `.` where nobody asked; what it does not know by name. */
export function plainReadiness(readiness: Readiness, topology: Topology): Json {
  if (readiness.size === 0) return ''
  const letters = [...topology.keys()].map((ref) => (readiness.has(ref) ? letterOf(readiness.get(ref)) : '.')).join('')
  const others = [...readiness].filter(([ref]) => !topology.has(ref)).map(([ref, one]) => [ref, letterOf(one)])
  return others.length === 0 ? letters.replace(/\.+$/, '') : { letters, others }
}

export function readinessFrom(plain: Json | undefined, topology: Topology): Readiness {
  const { letters = '', others = [] } =
    typeof plain === 'string' ? { letters: plain } : (plain as { letters: string; others: [ResourceRef, string][] })
  const refs = [...topology.keys()]
  const known = letters.split('').flatMap((letter, i): [ResourceRef, string][] => {
    const ref = refs[i]
    return ref === undefined || letter === '.' ? [] : [[ref, letter]]
  })
  return new Map([...known, ...others].map(([ref, letter]) => [ref, READY[letter]]))
}

const READY: Readonly<Record<string, boolean | undefined>> = { '1': true, '0': false, '?': undefined }
const letterOf = (ready: boolean | undefined): string => (ready === undefined ? '?' : ready ? '1' : '0')
