import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { beginFeatures, FEATURES, type DriveDay } from './features.ts'
import { DISK_MODEL } from './model.ts'
import { beginDisk, riskOf } from './risk.ts'

const drive = (day: number, of: Partial<DriveDay> = {}): DriveDay => ({
  day,
  model: 'ST3000DM001',
  reallocated: 0,
  pending: 0,
  powerOnHours: 9000 + 24 * day,
  ...of,
})

test('the model has one weight for each feature', () => {
  const { means, scales, weights } = DISK_MODEL
  expect([means, scales, weights].map(({ length }) => length)).toEqual(Array(3).fill(FEATURES.length))
  expect(scales.every((scale) => scale > 0)).toBe(true)
})

test('a quiet drive is not warned of; one that reallocates and waits to is', () => {
  const [quiet, failing] = [beginDisk(), beginDisk()]
  for (let day = 0; day < 20; day++) {
    const bad = day < 15 ? {} : { reallocated: 400 * (day - 14), pending: 30 }
    expect(quiet(drive(day)).warn).toBe(false)
    expect(failing(drive(day, bad)).warn).toBe(day >= 15)
  }
})

test('the more sectors a drive has reallocated since it was first seen, the higher its risk', () => {
  fc.assert(
    fc.property(fc.nat(60_000), fc.nat(60_000), (a, b) => {
      const [fewer, more] = [Math.min(a, b), Math.max(a, b)].map((reallocated) => {
        const disk = beginDisk()
        disk(drive(0))
        return disk(drive(1, { reallocated })).logOdds
      })
      expect(more).toBeGreaterThanOrEqual(fewer!)
    }),
  )
})

test('any pending sector is worse than none', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 65_535 }), fc.nat(60_000), (pending, reallocated) => {
      const [none, some] = [0, pending].map((pending) => beginDisk()(drive(0, { reallocated, pending })).logOdds)
      expect(some).toBeGreaterThan(none!)
    }),
  )
})

test('what a drive does not say it still has, and change is against a week ago', () => {
  const features = beginFeatures()
  features(drive(0, { reallocated: 10, pending: 3 }))
  const silent = features(drive(5, { reallocated: Number.NaN, pending: Number.NaN }))
  expect(silent[0]).toBeCloseTo(Math.log1p(10))
  expect([silent[3], silent[4]]).toEqual([0, 0])
  const later = features(drive(12, { pending: 13 }))
  expect(later[4]).toBeCloseTo(Math.log1p(10))
})

test('the risk is a number whatever the drive says', () => {
  const anything = fc.oneof(fc.constant(Number.NaN), fc.double({ min: -10, max: 1e15, noNaN: true }))
  fc.assert(
    fc.property(fc.array(fc.tuple(anything, anything, anything), { minLength: 1, maxLength: 20 }), (days) => {
      const features = beginFeatures()
      days.forEach(([reallocated, pending, powerOnHours], day) => {
        expect(riskOf(DISK_MODEL, features(drive(day, { reallocated, pending, powerOnHours })))).not.toBeNaN()
      })
    }),
  )
})
