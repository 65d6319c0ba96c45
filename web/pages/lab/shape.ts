import type { Incident } from '../../../src/domain/incident.ts'
import type { FaultView, Second } from '../../../lab/view.ts'

/** Where a fault stands. `leftMs`: until the lab takes it back by itself. */
export type FaultState =
  | { readonly kind: 'never' }
  | { readonly kind: 'present'; readonly sinceMs: number; readonly leftMs: number }
  /** Its harm is gone though nobody took it back: healed, or over by itself. */
  | { readonly kind: 'gone'; readonly afterMs: number; readonly leftMs: number }
  | { readonly kind: 'undone'; readonly agoMs: number; readonly atLimit: boolean }

/** The lab takes back at its limit, give or take the work of it. */
const AT_LIMIT_WITHIN_MS = 500

/** @param now by the lab's clock, epoch milliseconds */
export function stateOf({ injected, limitMs }: FaultView, now: number): FaultState {
  if (!injected) return { kind: 'never' }
  const { at, until, present, goneAt, undoneAt } = injected
  if (undoneAt !== undefined) {
    const wasGone = goneAt !== undefined && goneAt < undoneAt
    if (wasGone) return { kind: 'gone', afterMs: goneAt - at, leftMs: 0 }
    return { kind: 'undone', agoMs: Math.max(0, now - undoneAt), atLimit: undoneAt - at > limitMs - AT_LIMIT_WITHIN_MS }
  }
  const leftMs = Math.max(0, until - now)
  if (present || goneAt === undefined) return { kind: 'present', sinceMs: Math.max(0, now - at), leftMs }
  return { kind: 'gone', afterMs: Math.max(0, goneAt - at), leftMs }
}

/**
 * The incident that a fault led to: the first that began once it was there and is about what it broke, else one that was
 * open then and is about that now; undefined while there is none.
 */
export function incidentOf({ injected }: FaultView, incidents: readonly Incident[]): Incident | undefined {
  if (!injected) return undefined
  const { at, target, service } = injected
  const about = ({ owner, findings, quiet, diagnosis }: Incident): boolean =>
    owner === service ||
    owner === target ||
    [...findings, ...(quiet?.findings ?? [])].some((finding) => finding.target === target) ||
    diagnosis?.hypotheses[0]?.target === target
  const since = incidents
    .filter(({ closedAt = Infinity, ...incident }) => closedAt >= at && about({ ...incident, closedAt }))
    .toSorted((a, b) => a.openedAt - b.openedAt)
  return since.find(({ openedAt }) => openedAt >= at) ?? since.at(-1)
}

/** A line over the seconds as the `d` of an SVG path, in a box of `width` by `height`; it breaks where nobody came. */
export function lineOf(
  seconds: readonly Second[],
  valueOf: (second: Second) => number | null,
  box: { readonly width: number; readonly height: number; readonly top: number },
): string {
  const stepX = box.width / Math.max(1, seconds.length - 1)
  let isDrawing = false
  const parts = seconds.map((second, n) => {
    const value = valueOf(second)
    if (value === null) {
      isDrawing = false
      return ''
    }
    const y = box.height - (Math.min(value, box.top) / box.top) * box.height
    const at = `${round(n * stepX)} ${round(y)}`
    // A line of no length, so that a second by itself is a dot.
    const part = isDrawing ? `L${at}` : `M${at}h0`
    isDrawing = true
    return part
  })
  return parts.filter((part) => part !== '').join('')
}

const round = (value: number): number => Math.round(value * 10) / 10

/** The top of an axis on which all values have room: 1, 2 or 5 times a power of ten. */
export function topOf(values: readonly (number | null)[], least: number): number {
  const most = Math.max(least, ...values.map((value) => value ?? 0))
  const power = 10 ** Math.floor(Math.log10(most))
  return power * ([1, 2, 5, 10].find((step) => step * power >= most) ?? 10)
}
