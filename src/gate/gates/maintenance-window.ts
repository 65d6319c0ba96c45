import { nextOpening, openWindows } from '../../domain/freeze-window.ts'
import { durationText } from '../../lib/duration.ts'
import { ALLOW, type Gate } from '../gate.ts'
import { timeText } from '../time-text.ts'

/** The policy, or the task of maintenance, may act in its own windows only: by the calendar, as people mean it. */
export const maintenanceWindow: Gate = {
  name: 'maintenance-window',
  guardsUndo: false,
  ask({ plan, world, now }) {
    const { windows } = world.policies.get(plan.policy) ?? {}
    if (!windows) return ALLOW('it may act at any time')
    const [open] = openWindows(windows, now.wallMs)
    if (open) return ALLOW(`maintenance window '${open.name}' is open until ${timeText(open.until)}`)
    const openings = windows.flatMap(({ name, when }) => {
      const next = nextOpening({ when }, now.wallMs)
      return next ? [{ name, at: next.since }] : []
    })
    const [next] = openings.toSorted((a, b) => a.at - b.at)
    return {
      answer: 'hold',
      reason: next
        ? `outside of its maintenance windows: '${next.name}' opens at ${timeText(next.at)}`
        : `its maintenance windows are over: ${windows.map(({ name }) => `'${name}'`).join(', ')}`,
      value: timeText(now.wallMs),
      limit: windows.map(({ name }) => name).join(', '),
      unlocks: next ? `in ${durationText(next.at - now.wallMs)}` : `in: of ${plan.policy} in kintsugi.yaml`,
    }
  },
}
