import type { ResourceRef } from '../../domain/resource.ts'
import { isStale, type Matcher, type Series, type Windows } from '../../domain/signal.ts'
import type { DriveDay } from './features.ts'

/** What an exporter says of a drive in its series: where each number stands. */
type Exporter = {
  /** The label that tells drives apart. */
  readonly drive: string
  readonly reallocated: Where
  readonly pending: Where
  readonly hours: Where & { readonly perHour: number }
  /** A series whose labels name the model. */
  readonly about: { readonly metric: string; readonly label: string }
}
type Where = { readonly metric: string; readonly matchers: readonly Matcher[] }

const is = (label: string, value: string): Matcher => ({ label, op: '=', value })
const raw = (id: string): Where => ({
  metric: 'smartctl_device_attribute',
  matchers: [is('attribute_id', id), is('attribute_value_type', 'raw')],
})
const plain = (metric: string): Where => ({ metric, matchers: [] })
const named = (name: string): Where => ({ metric: 'smartmon_attr_raw_value', matchers: [is('name', name)] })
const INFO = { metric: 'smartmon_device_info', label: 'device_model' }

/** smartctl_exporter; and node-exporter's collector of text files, as its two scripts, smartmon.sh and smartmon.py, write them. */
const EXPORTERS: readonly Exporter[] = [
  {
    drive: 'device',
    reallocated: raw('5'),
    pending: raw('197'),
    hours: { ...plain('smartctl_device_power_on_seconds'), perHour: 3600 },
    about: { metric: 'smartctl_device', label: 'model_name' },
  },
  {
    drive: 'disk',
    reallocated: plain('smartmon_reallocated_sector_ct_raw_value'),
    pending: plain('smartmon_current_pending_sector_raw_value'),
    hours: { ...plain('smartmon_power_on_hours_raw_value'), perHour: 1 },
    about: INFO,
  },
  {
    drive: 'disk',
    reallocated: named('reallocated_sector_ct'),
    pending: named('current_pending_sector'),
    hours: { ...named('power_on_hours'), perHour: 1 },
    about: INFO,
  },
]

/** A drive as it is seen now: what it said first and last of what the windows hold, and when the last was. */
export type Drive = {
  readonly name: string
  readonly model: string
  readonly days: readonly DriveDay[]
  /** Epoch milliseconds. */
  readonly at: number
  /** Nobody has told of it for a while. */
  readonly isStale: boolean
}

const DAY_MS = 86_400_000

/** The drives of a target that say how many sectors they have reallocated and how old they are; without both nothing is known. */
export function drivesOf(windows: Windows, target: ResourceRef, now: number): Drive[] {
  const found = EXPORTERS.flatMap((exporter) =>
    windows
      .select(target, exporter.reallocated.metric, exporter.reallocated.matchers)
      .flatMap((reallocated) => driveOf(reallocated, exporter, { windows, target, now }) ?? []),
  )
  // Of two that tell of the same drive, the one that still does.
  const freshLast = found.toSorted((a, b) => Number(b.isStale) - Number(a.isStale))
  return [...new Map(freshLast.map((drive) => [drive.name, drive])).values()]
}

type Place = { readonly windows: Windows; readonly target: ResourceRef; readonly now: number }

function driveOf(reallocated: Series, exporter: Exporter, { windows, target, now }: Place): Drive | undefined {
  const name = reallocated.labels[exporter.drive]
  const ofDrive = ({ metric, matchers }: Where): Series | undefined =>
    windows.select(target, metric, matchers).find(({ labels }) => labels[exporter.drive] === name)
  const [pending, hours] = [ofDrive(exporter.pending), ofDrive(exporter.hours)]
  if (name === undefined || !hours) return undefined
  const model = ofDrive(plain(exporter.about.metric))?.labels[exporter.about.label] ?? ''
  const dayOf = (at: number): DriveDay => ({
    day: at / DAY_MS,
    model,
    reallocated: valueBy(reallocated, at),
    pending: pending ? valueBy(pending, at) : Number.NaN,
    powerOnHours: valueBy(hours, at) / exporter.hours.perHour,
  })
  const last = reallocated.timeAt(reallocated.length - 1)
  return {
    name,
    model,
    days: [dayOf(reallocated.timeAt(0)), dayOf(last)],
    at: last,
    isStale: isStale(reallocated, now),
  }
}

/** The newest value by a moment, else the oldest there is; NaN where there is none. */
function valueBy(series: Series, at: number): number {
  let i = series.length - 1
  while (i > 0 && series.timeAt(i) > at) i--
  return i < 0 ? Number.NaN : series.valueAt(i)
}
