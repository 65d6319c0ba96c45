import { dot, addScaled } from '../../lib/vectors.ts'
import { adam, backward, beginLstm, forward, traceOf, type Lstm } from './lstm.ts'

/**
 * An autoencoder of sequences (Malhotra and others 2016): one layer of memory reads a window into its last hidden
 * values, another tells the window again from them alone. What it cannot tell again it has not learned as normal.
 */
export type Autoencoder = {
  readonly metrics: number
  readonly steps: number
  readonly encoder: Lstm
  readonly decoder: Lstm
  /** For each metric a weight of each hidden value, and a bias. */
  readonly output: Float64Array
}

export type Shape = { readonly metrics: number; readonly steps: number; readonly hidden: number }

export function beginAutoencoder({ metrics, steps, hidden }: Shape, random: () => number): Autoencoder {
  const reach = Math.sqrt(6 / (metrics + hidden))
  return {
    metrics,
    steps,
    encoder: beginLstm(metrics, hidden, random),
    decoder: beginLstm(hidden, hidden, random),
    output: Float64Array.from({ length: metrics * (hidden + 1) }, (_, i) =>
      i % (hidden + 1) === hidden ? 0 : (2 * random() - 1) * reach,
    ),
  }
}

/** Tells windows again, and learns from how badly; one at a time. */
export type Telling = {
  /** The window again; its rows stand one after the other. Valid until the next call. */
  tell(window: Float64Array): Float64Array
  /** Adds the gradient of a window's mean squared error, and gives that error. */
  gather(window: Float64Array): number
  /** Takes a step along what was gathered from so many windows. */
  improve(rate: number, windows: number): void
  /** What was gathered, for each set of weights: encoder, decoder, output. */
  readonly gradients: readonly [Float64Array, Float64Array, Float64Array]
}

export function tellingOf({ metrics, steps, encoder, decoder, output }: Autoencoder): Telling {
  const { hidden } = encoder
  const [reading, retelling] = [traceOf(encoder, steps), traceOf(decoder, steps)]
  const code = new Float64Array(steps * hidden)
  const told = new Float64Array(steps * metrics)
  const weights = [encoder.weights, decoder.weights, output] as const
  const gradients = [
    new Float64Array(encoder.weights.length),
    new Float64Array(decoder.weights.length),
    new Float64Array(output.length),
  ] as const
  const optimisers = weights.map(({ length }) => adam(length))

  const tell = (window: Float64Array): Float64Array => {
    forward(encoder, window, steps, reading)
    for (let t = 0; t < steps; t++) code.set(reading.h.subarray(steps * hidden), t * hidden)
    forward(decoder, code, steps, retelling)
    for (let t = 0; t < steps; t++) {
      for (let i = 0; i < metrics; i++) {
        const at = i * (hidden + 1)
        told[t * metrics + i] = dot(output, at, retelling.h, (t + 1) * hidden, hidden) + (output[at + hidden] ?? 0)
      }
    }
    return told
  }

  const gather = (window: Float64Array): number => {
    tell(window)
    const [dEncoder, dDecoder, dOutput] = gradients
    const dRetold = new Float64Array(steps * hidden)
    let loss = 0
    for (let t = 0; t < steps; t++) {
      for (let i = 0; i < metrics; i++) {
        const error = (told[t * metrics + i] ?? 0) - (window[t * metrics + i] ?? 0)
        const slope = (2 * error) / told.length
        const at = i * (hidden + 1)
        loss += error ** 2 / told.length
        addScaled(dOutput, at, slope, retelling.h, (t + 1) * hidden, hidden)
        dOutput[at + hidden] = (dOutput[at + hidden] ?? 0) + slope
        addScaled(dRetold, t * hidden, slope, output, at, hidden)
      }
    }
    const dCode = new Float64Array(steps * hidden)
    backward(decoder, code, steps, retelling, dRetold, dDecoder, dCode)
    const dRead = new Float64Array(steps * hidden)
    for (let t = 0; t < steps; t++) addScaled(dRead, (steps - 1) * hidden, 1, dCode, t * hidden, hidden)
    backward(encoder, window, steps, reading, dRead, dEncoder)
    return loss
  }

  const improve = (rate: number, windows: number): void => {
    weights.forEach((weight, k) => {
      const gradient = gradients[k]
      if (!gradient) return
      for (let i = 0; i < gradient.length; i++) gradient[i] = (gradient[i] ?? 0) / windows
      optimisers[k]?.step(weight, gradient, rate)
    })
  }
  return { tell, gather, improve, gradients }
}
