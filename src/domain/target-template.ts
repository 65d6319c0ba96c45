import { isRef, type ResourceRef } from './resource.ts'
import type { Labels } from './signal.ts'
import { excerpt } from '../lib/excerpt.ts'

/** What a label value must be to stand in a target's name: taken as it is, nothing in it is decoded or unescaped. */
const PLAIN = /^[A-Za-z0-9][A-Za-z0-9._-]{0,252}$/
const PLACE = /\{([A-Za-z_]\w*)\}/g

/** The labels that a target such as `lab:{namespace}/service/{service}` is made from; none where it is one target. */
export function labelsIn(template: string): ReadonlySet<string> {
  return new Set([...template.matchAll(PLACE)].map(([, label = '']) => label))
}

/** The target that these labels name, or why they name none. */
export function targetFrom(
  template: string,
  labels: Labels,
): { readonly target: ResourceRef } | { readonly reason: string } {
  for (const label of labelsIn(template)) {
    const value = Object.hasOwn(labels, label) ? labels[label] : undefined
    if (!value) return { reason: `it has no label '${label}'` }
    if (!PLAIN.test(value)) return { reason: `its label '${label}' is no plain name: ${excerpt(value)}` }
  }
  const target = template.replaceAll(PLACE, (_, label: string) => labels[label] ?? '')
  return isRef(target) ? { target } : { reason: `${excerpt(target)} is no target` }
}
