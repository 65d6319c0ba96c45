import type { RunRow } from '../domain/ledger.ts'
import type { RecordReader } from '../domain/ports.ts'
import { isRunEvent, type RunEvent } from '../domain/run.ts'
import { isSealed, sealedText } from '../domain/sealed.ts'
import { foldRun, type RunState } from './log.ts'

/** What to do with a run that the last owner left open. */
export type Recovery =
  | { readonly row: RunRow; readonly do: 'resume'; readonly state: RunState }
  /** The log cannot be continued by this version: nothing is touched, a person is paged. */
  | { readonly row: RunRow; readonly do: 'give-up'; readonly outcome: 'stuck' | 'parked'; readonly reason: string }

/**
 * Recovery is a plan too: what each open run needs, from its log alone. Resuming is calling the run again: recorded
 * steps answer from the log, a cut-off one is asked about and done again, a half-done undo goes on.
 */
export function planRecovery(
  open: readonly { readonly row: RunRow; readonly events: readonly RunEvent[] }[],
  knowsAction: (name: string) => boolean,
): Recovery[] {
  return open.map(({ row, events }) => {
    const give = (reason: string): Recovery => ({ row, do: 'give-up', outcome: 'stuck', reason })
    try {
      const sealed = sealedIn(events)
      if (sealed) return { row, do: 'give-up', outcome: 'parked', reason: sealed }
      const state = foldRun(events)
      if (!state) return give('its log is empty')
      const unknown = state.plan.steps.find((step) => !knowsAction(step.action))
      if (!unknown) return { row, do: 'resume', state }
      return give(`this version knows no action '${unknown.action}'`)
    } catch (thrown) {
      return give(`its log cannot be read: ${String(thrown)}`)
    }
  })
}

/** Why nobody can go on from these snapshots: neither an effect nor an undo knows what was there. */
function sealedIn(events: readonly RunEvent[]): string | undefined {
  for (const event of events) {
    if (event.kind !== 'step-succeeded' || !isSealed(event.result)) continue
    return `what ${event.step} found is ${sealedText(event.result)}, which is not at hand`
  }
  return undefined
}

/** The log of one run, oldest first. */
export async function readRunLog(reader: Pick<RecordReader, 'entries'>, run: string): Promise<RunEvent[]> {
  const entries = await reader.entries({ run })
  return entries.flatMap(({ body }) => (body && isRunEvent(body) ? [body] : []))
}
