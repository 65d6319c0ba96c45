import { createHash } from 'node:crypto'
import type { ResourceRef } from '../domain/resource.ts'

/** The name of one policy's expectation on one target, the same for ever. */
export function fingerprintOf(policy: string, target: ResourceRef): string {
  const known = fingerprints.get(policy)?.get(target)
  if (known !== undefined) return known
  const made = createHash('sha256').update(`${policy}\n${target}`).digest('hex').slice(0, 16)
  const ofPolicy = fingerprints.get(policy) ?? new Map<ResourceRef, string>()
  remember(fingerprints, policy, ofPolicy)
  remember(ofPolicy, target, made)
  return made
}

// A pure function of its key; a cache that is full is emptied, and fills again with what is still asked for.
const fingerprints = new Map<string, Map<ResourceRef, string>>()
const MAX_REMEMBERED = 100_000

function remember<K, T>(cache: Map<K, T>, key: K, value: T): void {
  if (cache.size >= MAX_REMEMBERED) cache.clear()
  cache.set(key, value)
}
