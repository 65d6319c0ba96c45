import type { Comparison } from '../domain/comparison.ts'
import type { Credit, Credited } from '../domain/credit.ts'
import type { Canary } from '../domain/plan.ts'
import { durationText } from '../lib/duration.ts'

export const CREDITS: Readonly<Record<Credit, string>> = {
  'fixed-by-us': 'fixed by us',
  'recovered-alone': 'recovered alone',
  unknown: 'unknown',
}

/** `wave 1: better: 1 of 1 treated and 0 of 7 untouched are well (by chance alone: 0.13)`; waves are counted from 0 inside. */
export function comparedText(wave: number, { verdict, reasons, recovered }: Comparison): string {
  const spared = recovered.length > 0 ? [`left alone from here: ${recovered.join(', ')}`] : []
  return [`wave ${wave + 1}: ${verdict}: ${reasons[0] ?? ''}`, ...reasons.slice(1), ...spared].join('; ')
}

/** Who mended it, and by what that is known. Nothing where nothing was mended. */
export function creditWords(credited: Credited | undefined): string[] {
  if (!credited) return []
  const { credit, controlled, reason } = credited
  return [`${CREDITS[credit]} (${controlled ? 'controlled' : 'uncontrolled'}): ${reason}`]
}

/** The waves of a plan, or that there are none to compare. */
export function waveLines(canary: Canary | undefined): string[] {
  if (!canary) return ['  uncontrolled: judged by before and after, not against others as sick']
  const { waves, wellForMs } = canary
  return waves.map(({ treats, controls }, n) => {
    const next = `then compared with ${controls.length} untouched, ${durationText(wellForMs)} in a row`
    return `  wave ${n + 1}: ${treats.length} of the sick${controls.length > 0 ? `, ${next}` : ''}`
  })
}
