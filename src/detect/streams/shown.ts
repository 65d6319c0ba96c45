/** Three digits are all that a person reads. */
export function shown(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(3))) : 'none'
}
