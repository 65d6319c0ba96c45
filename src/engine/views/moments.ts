import type { Entry } from '../../domain/entry.ts'
import type { Moment } from '../../domain/view.ts'

/** The moments of an incident that are worth a line on its charts, oldest first. */
export function momentsOf(entries: readonly Entry[]): Moment[] {
  return entries.flatMap((entry) => momentOf(entry) ?? [])
}

const APPLY = '/apply'

function momentOf({ body, at: { wallMs: at } }: Entry): Moment | undefined {
  switch (body?.kind) {
    case 'incident-opened':
      return { at, what: 'opened' }
    case 'incident-closed':
      return { at, what: 'closed' }
    case 'run-ended':
      return { at, what: 'ended' }
    case 'undo-finished':
      return { at, what: 'undone', step: body.step }
    case 'step-succeeded':
      return body.step.endsWith(APPLY) ? { at, what: 'applied', step: body.step.slice(0, -APPLY.length) } : undefined
    default:
      return undefined
  }
}
