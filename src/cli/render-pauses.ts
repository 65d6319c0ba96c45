import type { PauseView } from '../domain/view.ts'
import { printable, table } from './text.ts'
import { timeText } from './units.ts'

/** Everything that keeps its hands still; texts from outside are printable only. */
export function pauseTable(pauses: readonly PauseView[]): string {
  const rows = pauses.map(({ kind, about = 'everything', who = '-', why, since, until, ends }) => [
    kind,
    printable(about),
    printable(who),
    since === undefined ? '-' : timeText(since),
    until === undefined ? 'it is ended' : timeText(until),
    printable(why),
    ends,
  ])
  return table(['WHAT', 'ABOUT', 'WHO', 'SINCE', 'UNTIL', 'WHY', 'ENDED BY'], rows)
}
