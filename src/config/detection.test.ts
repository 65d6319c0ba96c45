import { expect, test } from 'vitest'
import { detection, detectionOf } from './detection.ts'

test('false alarms are said in plain words, one a day where nothing is said', () => {
  const perDay = (falseAlarms: string): number | undefined =>
    detectionOf(detection.parse({ falseAlarms }))?.falseAlarmsPerDay
  expect(detectionOf(detection.parse({}))).toEqual({ falseAlarmsPerDay: 1 })
  expect([perDay('3 per day'), perDay('7 per week'), perDay('1 per hour')]).toEqual([3, 1, 24])
  expect(detectionOf(detection.parse({ watch: false }))).toBeUndefined()
})

test('what is no such wish is refused', () => {
  for (const falseAlarms of ['often', '0 per day', '1 per toString', 1, null]) {
    expect(detection.safeParse({ falseAlarms }).success).toBe(false)
  }
})
