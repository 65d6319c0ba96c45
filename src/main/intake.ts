import type { SignalIntake } from '../api/signals.ts'
import type { Config } from '../config/config.ts'
import { aimOf } from '../correlate/aim.ts'
import type { SourceStatus } from '../domain/operator.ts'
import type { ResourceRef } from '../domain/resource.ts'
import { STALE_INTERVALS, type Labels, type Observation } from '../domain/signal.ts'
import type { Topology } from '../domain/topology.ts'
import type { IntakeCounts } from '../intake/messages.ts'
import { startIntake } from '../intake/port.ts'
import { createReceived, type SeriesAim } from '../intake/received.ts'
import { sendersOf } from '../intake/senders.ts'
import type { Clock } from '../lib/clock.ts'
import type { Log } from '../lib/log.ts'
import type { CallGraph } from '../signals/call-graph.ts'
import { namedMetrics } from './sources.ts'

/** What others push, from the way in to the windows; and what this process sees, on its way to the detectors. */
export type Receiving = {
  readonly signals: SignalIntake
  /** What a source of this process saw: every series has detectors. */
  observe(observation: Observation): void
  /** Whose a log line or an event is by its labels; undefined where nobody's. */
  aimed(labels: Labels): ResourceRef | undefined
  /** Targets came, or the configuration changed: what is named, and whose series are. */
  aimAnew(): void
  /** Whoever pushes, as a source. */
  sources(): readonly SourceStatus[]
  counts(): IntakeCounts | undefined
  restarts(): number
  close(): Promise<void>
}

export function startReceiving(x: {
  readonly live: { readonly config: Config }
  readonly topology: () => Topology
  readonly calls: CallGraph
  readonly clock: Clock
  readonly log: Log
  /** Told of what was pushed about targets, by named metrics. */
  readonly onObservation: (observation: Observation) => void
}): Receiving {
  const { live, topology, calls, clock, log, onObservation } = x
  const { receive } = live.config
  const aim: SeriesAim = (labels) => {
    const aimed = aimOf(live.config.receive.targets, topology(), 'receive.targets')({ labels })
    return aimed.kind === 'mapped' ? aimed : { reason: aimed.reason }
  }
  const received = createReceived(aim, receive.staleAfterMs / STALE_INTERVALS)
  const senders = sendersOf(receive.staleAfterMs)
  const intake = startIntake(receive, {
    onSamples: (told) => {
      for (const observation of received.observationsOf(told, clock.now())) onObservation(observation)
    },
    onDeath: (why) => {
      received.forget()
      log.error({ why }, 'the worker of the intake has died, and is begun anew')
    },
  })
  intake.name(namedMetrics(live.config))
  return {
    signals: {
      admit: (bytes) => intake.admit(bytes),
      take: (delivery) => senders.heard(delivery.source, () => intake.take(delivery), clock.now()),
      addSpans: (spans, now) => calls.add(spans, now),
    },
    observe: (observation) => intake.observe(observation),
    aimed: (labels) => {
      const aimed = aim(labels)
      return 'target' in aimed ? aimed.target : undefined
    },
    aimAnew: () => {
      intake.name(namedMetrics(live.config))
      received.aimAnew()
    },
    sources: () => senders.status(clock.now(), intake.counts()?.limited ?? [], intake.health().problem),
    counts: () => intake.counts(),
    restarts: () => intake.health().restarts,
    close: () => intake.close(),
  }
}
