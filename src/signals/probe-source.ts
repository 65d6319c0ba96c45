import type { Clock } from '../lib/clock.ts'
import type { ResourceRef } from '../domain/resource.ts'
import type { Observation } from '../domain/signal.ts'
import type { Check } from './probes/check.ts'
import type { CommandRunner } from './probes/command.ts'
import { probe } from './probes/probe.ts'
import type { Source } from './sources.ts'

/** A target, and where it can be reached as `host:port`, if anybody knows. */
export type Place = { readonly ref: ResourceRef; readonly address?: string }

export type ProbeSourceConfig = {
  readonly name: string
  readonly check: Check
  readonly intervalMs: number
  readonly timeoutMs: number
}

/** Asks every target, each at its own pace. Samples `up` (0 or 1) and `probe_duration_seconds`, labelled `probe`. */
export function probeSource(
  { name, check, intervalMs, timeoutMs }: ProbeSourceConfig,
  targets: () => readonly Place[],
  tools: { readonly clock: Clock; readonly spawner?: CommandRunner },
): Source {
  const labels = { probe: name }
  const look = async ({ ref: target, address }: Place, abort: AbortSignal): Promise<Observation> => {
    const { ok, durationMs } = await probe(check, address, { ...tools, timeoutMs, abort })
    const common = { labels, target, at: tools.clock.now() }
    return {
      source: name,
      intervalMs,
      samples: [
        { metric: 'up', value: ok ? 1 : 0, ...common },
        { metric: 'probe_duration_seconds', value: durationMs / 1000, ...common },
      ],
    }
  }
  return {
    name,
    intervalMs,
    round: () => targets().map((place) => ({ key: place.ref, look: (_, abort) => look(place, abort) })),
  }
}
