import type { EntryBody, NewEntry } from '../domain/entry.ts'
import type { Plan } from '../domain/plan.ts'
import type { RecordPort, RecordReader } from '../domain/ports.ts'
import type { Redactor } from '../lib/redact.ts'
import type { Log } from '../lib/log.ts'

/**
 * The record without what opens something: taken out before it is written, since what is written stays. What a run needs
 * to go on and to undo (parameters, snapshots) is kept as it is, and hidden from people by {@link shownReader}; alerts are
 * the sender's own words.
 */
export function concealing(record: RecordPort, redact: Redactor): RecordPort {
  const entryOf = (entry: NewEntry): NewEntry => ({ ...entry, body: concealed(entry.body, redact) })
  return {
    ...record,
    commit: (commit) =>
      record.commit({
        ...commit,
        entries: commit.entries.map(entryOf),
        ...(commit.writes && {
          writes: commit.writes.map((write) =>
            'reason' in write ? { ...write, reason: redact.text(write.reason) } : write,
          ),
        }),
      }),
  }
}

function concealed(body: EntryBody, { value }: Redactor): EntryBody {
  switch (body.kind) {
    case 'alerts-received':
    case 'known':
    case 'step-succeeded':
      return body
    case 'proposed': {
      const { plan, preview } = body.proposal
      const proposal = value(body.proposal)
      return { ...body, proposal: { ...proposal, plan: withSteps(proposal.plan, plan), preview } }
    }
    case 'run-started':
    case 'not-run':
    case 'would-run': {
      const shown = value(body)
      return { ...shown, plan: withSteps(shown.plan, body.plan) }
    }
    default:
      return value(body)
  }
}

const withSteps = (plan: Plan, { steps }: Plan): Plan => ({ ...plan, steps })

/** The record as people read it: nothing that opens something, whatever was kept for a run. */
export function shownReader<Reader extends RecordReader>(reader: Reader, { value }: Redactor): Reader {
  return {
    ...reader,
    entries: async (query: Parameters<RecordReader['entries']>[0]) => value(await reader.entries(query)),
    proposals: async (query: Parameters<RecordReader['proposals']>[0]) => value(await reader.proposals(query)),
  }
}

/** A log that tells nothing that opens something. */
export function concealingLog(log: Log, redact: Redactor): Log {
  const at =
    (level: keyof Log): Log[keyof Log] =>
    (fields, message) =>
      log[level](redact.value(fields), redact.text(message))
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
}
