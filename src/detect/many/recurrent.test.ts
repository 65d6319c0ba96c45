import { expect, test } from 'vitest'
import { randomFrom } from '../../lib/random.ts'
import { beginJoint } from './joint.ts'
import { modelFrom, recordOf } from './recurrent-record.ts'
import { beginRecurrent, trainRecurrent, type RecurrentModel, type TrainingProgress } from './recurrent.ts'

const rhythm = (from: number, count: number, random: () => number): Float64Array[] =>
  Array.from({ length: count }, (_, i) => {
    const phase = ((from + i) * 2 * Math.PI) / 12
    return Float64Array.of(Math.sin(phase), Math.cos(phase), 4).map((value) => value + 0.05 * random())
  })

function trained(past: readonly Float64Array[]): { model: RecurrentModel; progress: TrainingProgress[] } {
  const training = trainRecurrent(past, { version: 7, atMs: 1000, random: randomFrom(1) })
  const progress: TrainingProgress[] = []
  for (;;) {
    const step = training.next()
    if (step.done) return { model: step.value, progress }
    progress.push(step.value)
  }
}

const random = randomFrom(3)
const { model, progress } = trained(rhythm(0, 1200, random))

test('training says how far it has come, gets better, and gives a version', () => {
  expect([...new Set(progress.map(({ round, rounds }) => `${round}/${rounds}`))]).toEqual(['1/4', '2/4', '3/4', '4/4'])
  expect(progress.at(-1)!.error).toBeLessThan(progress[0]!.error)
  expect(model).toMatchObject({ version: 7, trainedAtMs: 1000, rows: 1200 })
})

test('untrained it says what its fall-back says', () => {
  const [recurrent, joint] = [beginRecurrent(beginJoint(3)), beginJoint(3)]
  expect([recurrent.status, recurrent.version]).toEqual(['untrained', 0])
  rhythm(0, 300, random).forEach((row, i) => expect(recurrent.next(i, row)).toEqual(joint.next(i, row)))
})

test('trained it finds a rhythm broken, with the metric that broke it, and is evidence only', () => {
  const recurrent = beginRecurrent(beginJoint(3), model)
  const usual = rhythm(0, 240, random).map((row, i) => recurrent.next(i, row).score)
  const broken = Float64Array.of(-5, Math.cos((240 * Math.PI) / 6), 4)
  const { score, shares } = recurrent.next(240, broken)
  expect(score).toBeGreaterThan(Math.max(...usual.slice(16)))
  expect(shares[0]).toBe(Math.max(...shares))
  expect([recurrent.learned, recurrent.status, recurrent.version]).toEqual([true, 'ready', 7])
})

test('what is no longer what it was trained on is drift: the fall-back speaks', () => {
  const [recurrent, joint] = [beginRecurrent(beginJoint(3), model), beginJoint(3)]
  const moved = rhythm(0, 1500, random).map((row) => Float64Array.of(row[1]! * 3, row[0]! * row[1]!, row[2]! + row[0]!))
  const scores = moved.map((row, i) => [recurrent.next(i, row).score, joint.next(i, row).score])
  expect(recurrent.status).toBe('drifted')
  expect(scores.at(-1)![0]).toBe(scores.at(-1)![1])
})

test('a model that was kept as numbers says the same', () => {
  const kept = modelFrom(JSON.parse(JSON.stringify(recordOf(model))))
  expect(kept).toEqual(model)
  const [as, restored] = [model, kept].map((one) => beginRecurrent(beginJoint(3), one))
  rhythm(5, 40, random).forEach((row, i) => expect(restored!.next(i, row)).toEqual(as!.next(i, row)))
})

test('too short a past is refused', () => {
  expect(() => trained(rhythm(0, 100, random))).toThrow('cannot train on 100 rows')
})
