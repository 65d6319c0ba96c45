import type { SeriesKind } from '../../domain/series.ts'
import { learned } from '../streams/learned.ts'

/** What a series turned out to be like, and who looks at it, in words. */
export function learnedOf(kind: SeriesKind, window: Float32Array): string {
  const character = learned()
  for (const value of window) character.take(value)
  return `${kind}: ${character.words()}; z-score, ewma and robust look at it`
}
