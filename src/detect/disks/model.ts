import type { DiskModel } from './risk.ts'

/** Learned by `evaluate/train-disks.ts`, which wrote this file; docs/evaluation-disks.md says from what. */
export const DISK_MODEL: DiskModel = {
  means: [0.287369, 0.0685251, 0.0303505, 0.101614, 0.013533, 1.52722, 9.12584, 0.382659],
  scales: [1.19291, 0.48921, 0.17155, 0.728702, 0.25937, 1.09776, 1.02882, 0.486036],
  weights: [0.369007, -0.164643, 0.54413, 0.260523, 0.0776049, 0.497752, -0.732428, 0.789096],
  bias: -4.67969,
  warnAt: -1.14779,
}
