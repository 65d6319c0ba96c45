import { blindDetector } from './detectors/blind.ts'
import { conditionDetector } from './detectors/condition.ts'
import { disksDetector } from './detectors/disks.ts'
import { forecastDetector } from './detectors/forecast.ts'
import { scheduleDetector } from './detectors/schedule.ts'
import { unusualDetector } from './detectors/unusual.ts'
import type { Detector } from './world.ts'

/** All detectors; one file in `detectors/` each. */
export const DETECTORS: readonly Detector[] = [
  conditionDetector,
  blindDetector,
  scheduleDetector,
  forecastDetector,
  disksDetector,
  unusualDetector,
]
