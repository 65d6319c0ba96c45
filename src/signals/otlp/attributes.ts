import { fieldOf } from './json.ts'

/*
 * Attributes, in the shape of OTLP's JSON: `[{ key, value: { stringValue } }]`.
 */

/** Of a resource, what becomes labels beside `job` and `instance` where nothing else is said: where it runs. */
export const RESOURCE_LABELS: readonly string[] = [
  'deployment.environment',
  'deployment.environment.name',
  'cloud.region',
  'k8s.cluster.name',
  'k8s.namespace.name',
  'k8s.deployment.name',
  'k8s.statefulset.name',
  'k8s.daemonset.name',
  'k8s.pod.name',
  'k8s.container.name',
  'k8s.node.name',
  'container.name',
  'host.name',
]

const DEEPEST = 8

/** Names and values; a value that is no text as its text, one that is none is left out. */
export function attributesOf(of: unknown): Map<string, string> {
  const attributes = new Map<string, string>()
  const list = fieldOf(of, 'attributes')
  if (!Array.isArray(list)) return attributes
  for (const one of list as readonly unknown[]) {
    const key = fieldOf(one, 'key')
    const text = textOfValue(fieldOf(one, 'value'))
    if (typeof key === 'string' && text !== undefined) attributes.set(key, text)
  }
  return attributes
}

/**
 * What Prometheus makes of a resource: `job` of service.namespace and service.name, `instance` of service.instance.id, and
 * of the other attributes those that are chosen, by the names that OTLP gives them.
 */
export function resourceLabels(attributes: ReadonlyMap<string, string>, chosen: readonly string[]): [string, string][] {
  const [namespace, service] = [attributes.get('service.namespace'), attributes.get('service.name')]
  const pairs: readonly (readonly [string, string | undefined])[] = [
    ['job', namespace && service ? `${namespace}/${service}` : service],
    ['instance', attributes.get('service.instance.id')],
    ...chosen.map((key) => [key, attributes.get(key)] as const),
  ]
  return pairs.filter((pair): pair is [string, string] => pair[1] !== undefined && pair[1] !== '')
}

/** The text of an `AnyValue`; a list or a map as JSON; undefined where there is no value. */
export function textOfValue(value: unknown): string | undefined {
  const plain = plainOf(value, 0)
  if (plain === undefined) return undefined
  return typeof plain === 'string' ? plain : typeof plain === 'object' ? JSON.stringify(plain) : String(plain)
}

type Plain = string | number | boolean | readonly Plain[] | { readonly [key: string]: Plain }

function plainOf(value: unknown, depth: number): Plain | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const any = value as Record<string, unknown>
  const scalar = any['stringValue'] ?? any['boolValue'] ?? any['intValue'] ?? any['doubleValue'] ?? any['bytesValue']
  if (typeof scalar === 'string' || typeof scalar === 'number' || typeof scalar === 'boolean') return scalar
  if (depth >= DEEPEST) return undefined
  const list = fieldOf(any['arrayValue'], 'values')
  if (Array.isArray(list)) return (list as readonly unknown[]).map((one) => plainOf(one, depth + 1) ?? '')
  const pairs = fieldOf(any['kvlistValue'], 'values')
  if (!Array.isArray(pairs)) return undefined
  return Object.fromEntries(
    (pairs as readonly unknown[]).map((one) => [
      String(fieldOf(one, 'key')),
      plainOf(fieldOf(one, 'value'), depth + 1) ?? '',
    ]),
  )
}
