import { changePoint } from './change-point.ts'
import { ewma } from './ewma.ts'
import { flatLine } from './flat-line.ts'
import { detectorOf } from './measure.ts'
import { median } from './median.ts'
import { missing } from './missing.ts'
import { novelty } from './novelty.ts'
import { rate } from './rate.ts'
import { season } from './season.ts'
import type { StreamDetector } from './stream.ts'
import { zScore } from './z-score.ts'

/** All detectors of one series, by name; one file each. */
export const STREAM_DETECTORS: ReadonlyMap<string, StreamDetector> = new Map(
  [
    detectorOf(zScore),
    detectorOf(median),
    detectorOf(ewma),
    detectorOf(season),
    detectorOf(changePoint),
    detectorOf(rate),
    detectorOf(flatLine),
    detectorOf(missing),
    ...[1, 3, 8].map((width) => detectorOf(novelty(width))),
  ].map((detector) => [detector.name, detector]),
)
