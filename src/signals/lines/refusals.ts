const KEPT_REASONS = 5

/** What of one body was refused; each reason once, and of the first few only. */
export type Refusals = { refused: number; readonly reasons: string[] }

export function noRefusals(): Refusals {
  return { refused: 0, reasons: [] }
}

export function refuse(refusals: Refusals, count: number, reason: string): void {
  refusals.refused += count
  if (refusals.reasons.length < KEPT_REASONS && !refusals.reasons.includes(reason)) refusals.reasons.push(reason)
}
