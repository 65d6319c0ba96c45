import { alertIntake } from './benchmarks/alert-intake.ts'
import { alertToEffect } from './benchmarks/alert-to-effect.ts'
import { cardinality } from './benchmarks/cardinality.ts'
import { consoleBench } from './benchmarks/console.ts'
import { detectors } from './benchmarks/detectors.ts'
import { memoryBench } from './benchmarks/memory.ts'
import { ingest } from './benchmarks/ingest.ts'
import { linesBench } from './benchmarks/lines.ts'
import { otlp } from './benchmarks/otlp.ts'
import { replayBench } from './benchmarks/replay.ts'
import { storm } from './benchmarks/storm.ts'
import { waiting } from './benchmarks/waiting.ts'
import type { Bench } from './lib/benchmark.ts'

/** Every benchmark, by the name that `npm run bench` takes. */
export const BENCHES: Readonly<Record<string, Bench>> = {
  'alert-intake': alertIntake,
  'alert-to-effect': alertToEffect,
  cardinality,
  console: consoleBench,
  detectors,
  memory: memoryBench,
  ingest,
  lines: linesBench,
  otlp,
  replay: replayBench,
  storm,
  waiting,
}
