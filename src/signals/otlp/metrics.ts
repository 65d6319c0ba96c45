import type { Decoded, SampleSink } from '../../domain/series.ts'
import { decodedOf } from '../wire/tally.ts'
import { RESOURCE_LABELS } from './attributes.ts'
import { parsedJson, type OtlpForm } from './json.ts'
import { takeJson } from './metrics-json.ts'
import { takeProtobuf } from './metrics-protobuf.ts'
import { begin, newTaking } from './points.ts'

export type OtlpMetricsOptions = {
  /** Attributes of a resource that become labels, beside `job` and `instance`. */
  readonly resourceLabels?: readonly string[]
  /** Series that are sent as differences are summed up while their slots are below this: 16 bytes for each. */
  readonly maxSlots?: number
}

export type OtlpMetricsReader = {
  /**
   * Reads an `ExportMetricsServiceRequest` into a sink: names and labels as Prometheus translates them by default;
   * histograms as `_count`, `_sum` and `_bucket{le}`, exponential ones with powers of two as bounds; summaries with
   * `quantile`; differences summed up. `refused` counts points of which not all was taken, `samples` those that were.
   *
   * @param now epoch milliseconds
   * @throws UsageError where the body is no such request; what stood before that has been taken
   */
  decode(body: Uint8Array, form: OtlpForm, now: number, sink: SampleSink): Decoded
}

const MOST_SLOTS = 1_048_576

/** For sinks that share their slots: it remembers sums by them. */
export function otlpMetricsReader(options: OtlpMetricsOptions = {}): OtlpMetricsReader {
  const chosen = options.resourceLabels ?? RESOURCE_LABELS
  const taking = newTaking(options.maxSlots ?? MOST_SLOTS)
  return {
    decode: (body, form, now, sink) => {
      begin(taking, sink, now)
      if (form === 'protobuf') takeProtobuf(body, taking, chosen)
      else takeJson(parsedJson(body), taking, chosen)
      return decodedOf(taking.tally)
    },
  }
}
