import type { ResourceRef } from '../../domain/resource.ts'
import type { Sample } from '../../domain/signal.ts'
import type { Known } from './folder.ts'
import { instanceRef, isExpected, serviceRef } from './names.ts'
import type { State } from './shim/schema.ts'

/** An instance, and what its shim says of it; undefined where it says nothing. */
export type Seen = { readonly known: Known; readonly state: State | undefined }

/** What is seen of the instances that something is expected of, and of the services that scale. */
export function samplesOf(connector: string, seen: readonly Seen[], now: number): Sample[] {
  const instances = seen.filter(({ known }) => isExpected(known))
  const services = Map.groupBy(seen, ({ known }) => serviceRef(connector, known))
  return [
    ...instances.flatMap(({ known, state }) =>
      state === undefined ? [] : samples(instanceRef(connector, known), now, ofInstance(state, now)),
    ),
    ...[...services].flatMap(([ref, members]) =>
      members.some(({ known }) => known.standby) ? samples(ref, now, ofService(members)) : [],
    ),
  ]
}

type Values = Readonly<Record<string, number | undefined>>

/** A dead instance has no age: 0, since the shim does see it. */
function ofInstance(state: State, now: number): Values {
  const ageMs = state.running ? Math.max(0, now - state.startedAtMs) : 0
  const { configChangedAtMs } = state
  return {
    running: Number(state.running),
    instance_ready: Number(state.ready),
    restarts_total: state.restarts,
    instance_age_seconds: ageMs / 1000,
    config_age_seconds: configChangedAtMs === undefined ? undefined : Math.max(0, now - configChangedAtMs) / 1000,
    disk_usage: state.diskUsedPercent,
    memory_limit_bytes: state.memoryLimitBytes,
  }
}

/** How many are to run, and how many can serve: not known while one of them is not seen. */
function ofService(members: readonly Seen[]): Values {
  const expected = members.filter(({ known }) => isExpected(known))
  const isBlind = expected.some(({ state }) => state === undefined)
  const ready = expected.filter(({ state }) => state?.ready).length
  return { replicas: expected.length, replicas_ready: isBlind ? undefined : ready }
}

const samples = (target: ResourceRef, at: number, values: Values): Sample[] =>
  Object.entries(values).flatMap(([metric, value]) =>
    value === undefined ? [] : [{ metric, labels: {}, target, at, value }],
  )
