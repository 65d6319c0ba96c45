import { z } from 'zod'
import { UsageError } from './errors.ts'

/**
 * The name of a target: what can be observed and acted upon, as `connector:namespace/kind/name`,
 * for example `k8s-eu:shop/deployment/checkout`. The part before the colon is the operator's own name for a
 * connector instance. Always written out in full inside Kintsugi; short forms are expanded at the edge.
 */
export type ResourceRef = `${string}:${string}/${string}/${string}`

/** The four parts of a {@link ResourceRef}. */
export type ResourceParts = {
  readonly connector: string
  readonly namespace: string
  readonly kind: string
  readonly name: string
}

const PART = '[A-Za-z0-9](?:[A-Za-z0-9._-]*)'
const FULL = new RegExp(`^(${PART}):(${PART})/(${PART})/(${PART})$`)

/** Whether the text is a full resource name. */
export function isRef(text: string): text is ResourceRef {
  return FULL.test(text)
}

export const ResourceRef: z.ZodType<ResourceRef> = z.custom<ResourceRef>(
  (value) => typeof value === 'string' && isRef(value),
  { error: 'expected connector:namespace/kind/name, for example lab:shop/instance/web-1' },
)

/** Builds a resource name from its parts; throws {@link UsageError} on a part that could be read as more than a name. */
export function refOf({ connector, namespace, kind, name }: ResourceParts): ResourceRef {
  const ref: string = `${connector}:${namespace}/${kind}/${name}`
  if (isRef(ref)) return ref
  throw new UsageError(`'${ref}' is not a resource name: use connector:namespace/kind/name`)
}

/** The parts of a resource name. */
export function partsOf(ref: ResourceRef): ResourceParts {
  const [, connector, namespace, kind, name] = FULL.exec(ref) ?? []
  if (connector === undefined || namespace === undefined || kind === undefined || name === undefined) {
    throw new UsageError(`'${ref}' is not a resource name: use connector:namespace/kind/name`)
  }
  return { connector, namespace, kind, name }
}

/**
 * Reads a name as people write it: in full, or as `namespace/kind/name` or `kind/name` (namespace `default`) where
 * exactly one connector is configured. Throws {@link UsageError} when the name is empty or fits no or several connectors.
 */
export function parseRef(text: string, connectors: readonly string[]): ResourceRef {
  if (text.trim() === '') throw new UsageError('an empty selector names nothing: give connector:namespace/kind/name')
  if (isRef(text)) return text
  const parts = text.split('/')
  if (text.includes(':') || parts.length < 2 || parts.length > 3) {
    throw new UsageError(`'${text}' is not a resource name: use connector:namespace/kind/name`)
  }
  const [connector, ...others] = connectors
  if (connector === undefined || others.length > 0) {
    throw new UsageError(
      `'${text}' names no connector, and ${connectors.length} are configured (${connectors.join(', ')}): write connector:namespace/kind/name`,
    )
  }
  const [namespace, kind, name] = parts.length === 3 ? parts : ['default', ...parts]
  return refOf({ connector, namespace: namespace ?? '', kind: kind ?? '', name: name ?? '' })
}

/**
 * Whether a pattern such as `lab:shop/instance/*` or `k8s:kube-system/**` covers a target. `*` stands for any run of
 * characters inside one part, `**` for everything that follows. An empty pattern covers nothing.
 */
export function covers(pattern: string, ref: ResourceRef): boolean {
  return patternOf(pattern).test(ref)
}

const patterns = new Map<string, RegExp>()

function patternOf(pattern: string): RegExp {
  const known = patterns.get(pattern)
  if (known) return known
  const source = pattern
    .split(/(\*\*|\*)/)
    .map((piece) =>
      piece === '**' ? '.*' : piece === '*' ? '[^/:]*' : piece.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'),
    )
    .join('')
  const made = pattern === '' ? /(?!)/ : new RegExp(`^${source}$`)
  patterns.set(pattern, made)
  return made
}
