import { durationText } from '../lib/duration.ts'

const WIDTH = 30
const EVERY_MS = 200

/** One line that shows how far something is, and how long it still takes. `write` is a terminal. */
export function progressBar(
  write: (text: string) => void,
  now: () => number,
): { readonly show: (share: number) => void; readonly clear: () => void } {
  const began = now()
  let shownAt = Number.NEGATIVE_INFINITY
  return {
    show: (share) => {
      if (now() - shownAt < EVERY_MS) return
      shownAt = now()
      write(`\r${barText(share, shownAt - began)}\u001B[K`)
    },
    clear: () => {
      if (shownAt > 0) write('\r\u001B[K')
    },
  }
}

/** @param share from 0 to 1 */
export function barText(share: number, passedMs: number): string {
  const full = Math.round(share * WIDTH)
  const bar = '='.repeat(full) + ' '.repeat(WIDTH - full)
  const percent = `${Math.floor(share * 100)}`.padStart(3)
  const leftMs = share > 0.005 ? (passedMs / share) * (1 - share) : undefined
  const left =
    leftMs === undefined ? '' : `, about ${durationText(Math.max(1000, Math.round(leftMs / 1000) * 1000))} left`
  return `[${bar}] ${percent} %${left}`
}
