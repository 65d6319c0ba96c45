import { createHash } from 'node:crypto'
import type { ResourceRef } from '../domain/resource.ts'
import { remember } from './remember.ts'

const fingerprints = new Map<string, Map<ResourceRef, string>>()

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
