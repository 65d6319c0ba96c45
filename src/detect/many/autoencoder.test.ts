import { expect, test } from 'vitest'
import { randomFrom } from '../../lib/random.ts'
import { beginAutoencoder, tellingOf } from './autoencoder.ts'

test('gradients are those that differences give', () => {
  const random = randomFrom(1)
  const net = beginAutoencoder({ metrics: 3, steps: 4, hidden: 2 }, random)
  const window = Float64Array.from({ length: 12 }, () => random() - 0.5)
  const telling = tellingOf(net)
  telling.gather(window)
  const gathered = telling.gradients.map((gradient) => gradient.slice())
  const lossOf = (): number => tellingOf(net).gather(window)
  ;[net.encoder.weights, net.decoder.weights, net.output].forEach((weights, k) => {
    for (let i = 0; i < weights.length; i++) {
      const kept = weights[i]!
      weights[i] = kept + 1e-5
      const above = lossOf()
      weights[i] = kept - 1e-5
      const below = lossOf()
      weights[i] = kept
      expect(gathered[k]![i]!).toBeCloseTo((above - below) / 2e-5, 7)
    }
  })
})

test('it learns to tell a rhythm again, and nothing else', () => {
  const random = randomFrom(2)
  const net = beginAutoencoder({ metrics: 2, steps: 8, hidden: 6 }, random)
  const telling = tellingOf(net)
  const rhythm = (phase: number): Float64Array =>
    Float64Array.from({ length: 16 }, (_, at) => Math.sin(phase + (Math.floor(at / 2) * Math.PI) / 4 + (at % 2)))
  for (let batch = 0; batch < 400; batch++) {
    for (let i = 0; i < 8; i++) telling.gather(rhythm(2 * Math.PI * random()))
    telling.improve(0.01, 8)
  }
  const errors = Array.from({ length: 20 }, () => tellingOf(net).gather(rhythm(2 * Math.PI * random())))
  expect(Math.max(...errors)).toBeLessThan(0.1)
  expect(tellingOf(net).gather(Float64Array.from({ length: 16 }, (_, at) => (at < 8 ? 1 : -1)))).toBeGreaterThan(0.2)
})
