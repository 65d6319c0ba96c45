import type { SourceStatus, Status } from '../src/domain/operator.ts'
import { partsOf, type ResourceRef } from '../src/domain/resource.ts'

/** What Kintsugi may do right now, in one word. A pause outweighs the mode; a freeze outweighs a pause. */
export type Standing = 'live' | 'shadow' | 'paused' | 'frozen'

export function standingOf({ mode, pause }: Pick<Status, 'mode' | 'pause'>): Standing {
  if (pause) return pause.freeze ? 'frozen' : 'paused'
  return mode
}

/** The sources that cannot be trusted first, then by name. */
export function sourcesInOrder(sources: readonly SourceStatus[]): readonly SourceStatus[] {
  return sources.toSorted((a, b) => Number(a.fresh) - Number(b.fresh) || (a.name < b.name ? -1 : 1))
}

/** The part of a target's name that people call it by. */
export function shortName(ref: ResourceRef): string {
  return partsOf(ref).name
}
