import type { SignalIntake } from '../api/signals.ts'
import type { Config } from '../config/config.ts'
import { aimOf } from '../correlate/aim.ts'
import type { IntakeStatus, SourceStatus } from '../domain/operator.ts'
import type { ResourceRef } from '../domain/resource.ts'
import { STALE_INTERVALS, type Labels, type Observation } from '../domain/signal.ts'
import type { Topology } from '../domain/topology.ts'
import type { LoudSeries } from '../domain/view.ts'
import { startIntake } from '../intake/port.ts'
import { createReceived, type SeriesAim } from '../intake/received.ts'
import { sendersOf } from '../intake/senders.ts'
import type { Clock } from '../lib/clock.ts'
import type { Log } from '../lib/log.ts'
import type { CallGraph } from '../signals/call-graph.ts'
import { startLines, type Lines } from './lines.ts'
import { namedMetrics } from './sources.ts'

/** What others push, from the way in to the windows; and what this process sees, on its way to the detectors. */
export type Receiving = {
  readonly signals: SignalIntake
  /** Lines and events that are pushed. */
  readonly lines: Lines
  /** What a source of this process saw: every series has detectors. */
  observe(observation: Observation): void
  /** Targets came, or the configuration changed: what is named, and whose series are. */
  aimAnew(): void
  /** Whoever pushes, as a source. */
  sources(): readonly SourceStatus[]
  status(): IntakeStatus
  /** The series that look oddest now, on their targets where these are known. */
  loud(): readonly LoudSeries[]
  close(): Promise<void>
}

/** @throws TerminalError where syslog cannot be listened for */
export async function startReceiving(x: {
  readonly live: { readonly config: Config }
  readonly topology: () => Topology
  readonly calls: CallGraph
  readonly clock: Clock
  readonly log: Log
  /** Told of what was pushed about targets, by named metrics. */
  readonly onObservation: (observation: Observation) => void
}): Promise<Receiving> {
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
  const aimed = (labels: Labels): ResourceRef | undefined => {
    const found = aim(labels)
    return 'target' in found ? found.target : undefined
  }
  const counted = (observation: Observation): void => {
    onObservation(observation)
    intake.observe(observation)
  }
  const lines = await startLines(live.config, { aimed, clock, log, onObservation: counted })
  return {
    signals: {
      admit: (bytes) => intake.admit(bytes),
      take: async (delivery) => {
        const taken = await senders.heard(delivery, (given) => intake.take(given), clock.now())
        if (taken.logs) lines.received.takeSummaries(taken.logs, clock.now())
        return taken
      },
      addSpans: (spans, now) => calls.add(spans, now),
      addEvents: (events, now) => lines.received.takeEvents(events, now),
    },
    lines,
    observe: (observation) => intake.observe(observation),
    aimAnew: () => {
      intake.name(namedMetrics(live.config))
      received.aimAnew()
    },
    sources: () => senders.status(clock.now(), intake.counts()?.limited ?? [], intake.health().problem),
    status: () => {
      const { series = 0, named = 0, samples = 0, refused = 0, shed = 0 } = intake.counts() ?? {}
      const { restarts } = intake.health()
      return { series, named, unaimed: received.unaimed(), samples, refused, shed, restarts }
    },
    loud: () =>
      intake.loudest().map((one) => {
        const target = one.target ?? aimed({ ...one.labels, __name__: one.metric })
        return target === undefined ? one : { ...one, target }
      }),
    close: async () => void (await Promise.all([intake.close(), lines.close()])),
  }
}
