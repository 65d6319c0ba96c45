import type { RecordSignals } from '../cli/deps.ts'
import type { Alert } from '../domain/alert.ts'
import { isFiring } from '../domain/alert.ts'
import type { RecordPort } from '../domain/ports.ts'
import type { Observation } from '../domain/signal.ts'
import type { Topology } from '../domain/topology.ts'
import type { AlertBook } from '../engine/alerts/book.ts'
import type { Clock } from '../lib/clock.ts'
import type { Log } from '../lib/log.ts'
import { startRecording } from '../signals/recording/write.ts'

/** Records what comes in; without a folder it does nothing. Each wraps a way in, or is told of one. */
export type Recorder = {
  observed(observation: Observation): void
  /** Told whenever somebody has looked; only what differs is written down. */
  lookedAt(topology: Topology): void
  /** The book, writing down what is received. `receive` fails as it does without. */
  receiving(alerts: AlertBook): AlertBook
  /** The record, writing down which repairs are begun. */
  recording(record: RecordPort): RecordPort
  close(): Promise<void>
}

export function recorderOf(
  order: RecordSignals | undefined,
  x: { readonly clock: Clock; readonly log: Log; readonly topology: () => Topology },
): Recorder {
  const { clock, log } = x
  if (!order) {
    const nothing = (): void => {}
    return { observed: nothing, lookedAt: nothing, receiving: same, recording: same, close: async () => {} }
  }
  let book: AlertBook | undefined
  let known = ''
  const firing = (): Alert[] => (book?.all() ?? []).filter((alert) => isFiring(alert, clock.now())).map(bare)
  const recording = startRecording({
    ...order,
    known: () => ({ nodes: [...x.topology().values()], alerts: firing() }),
    clock,
    log,
  })
  const { note } = recording
  return {
    observed: (observation) => note({ kind: 'observed', at: clock.now(), observation }),
    lookedAt: (topology) => {
      const nodes = [...topology.values()]
      const text = JSON.stringify(nodes)
      if (text === known) return
      known = text
      note({ kind: 'targets', at: clock.now(), nodes })
    },
    receiving: (alerts) => {
      book = alerts
      return {
        ...alerts,
        receive: (received) => {
          note({ kind: 'alerts', at: clock.now(), alerts: received })
          return alerts.receive(received)
        },
      }
    },
    recording: (record) => ({
      ...record,
      commit: async (commit) => {
        const seq = await record.commit(commit)
        for (const { body, run = '' } of commit.entries) {
          if (body.kind !== 'run-started') continue
          const { remedy, target, owner } = body.plan
          note({ kind: 'acted', at: commit.at.wallMs, run, remedy, target, owner })
        }
        return seq
      },
    }),
    close: recording.close,
  }
}

const same = <T>(one: T): T => one

/** As it was received: what became of it is for the replay to say. */
function bare({ severity: _severity, aim: _aim, ...alert }: ReturnType<AlertBook['all']>[number]): Alert {
  return alert
}
