import type { DiskModel } from './risk.ts'

/** Learned by `evaluate/train-disks.ts`, which wrote this file; docs/evaluation-disks.md says from what. */
export const DISK_MODEL: DiskModel = {
  means: [0.287369, 0.0698125, 0.0303505, 0.101614, 0.013533, 1.52722, 9.12584, 0.382659],
  scales: [1.19291, 0.510816, 0.17155, 0.728702, 0.25937, 1.09776, 1.02882, 0.486036],
  weights: [0.370411, -0.174392, 0.543778, 0.259528, 0.0903998, 0.494791, -0.729971, 0.789319],
  bias: -4.67974,
  warnAt: -1.12052,
}
