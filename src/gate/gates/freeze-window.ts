import { concerns, openWindows, type OpenWindow } from '../../domain/freeze-window.ts'
import type { Plan } from '../../domain/plan.ts'
import type { Topology } from '../../domain/topology.ts'
import { durationText } from '../../lib/duration.ts'
import { ALLOW, type Gate } from '../gate.ts'
import { kinOf } from '../kin.ts'
import { timeText } from '../time-text.ts'

/** The operator wants nothing changed at this time: by the calendar, so that the wall clock is asked. */
export const freezeWindow: Gate = {
  name: 'freeze-window',
  guardsUndo: false,
  ask({ plan, world, now }) {
    const open = openWindows(world.freezeWindows, now.wallMs).filter((window) => holds(window, plan, world.topology))
    const [last] = open.toSorted((a, b) => b.until - a.until)
    if (!last) return ALLOW('no freeze window is open')
    return {
      answer: 'hold',
      reason: open.map(openText).join('; '),
      value: last.name,
      unlocks: `in ${durationText(last.until - now.wallMs)}, or: allow: [${plan.policy}] of the window in kintsugi.yaml`,
    }
  },
}

/** A window on a target holds what is done to it, to its parts, and to what it is part of. */
function holds(window: OpenWindow, plan: Plan, topology: Topology): boolean {
  return !window.allow.includes(plan.policy) && concerns(window, [...kinOf(plan, topology)])
}

function openText({ name, reason, since, until }: OpenWindow): string {
  return `freeze window '${name}' from ${timeText(since)} to ${timeText(until)}: ${reason}`
}
