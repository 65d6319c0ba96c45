import type { Lstm } from './lstm.ts'
import type { RecurrentModel } from './recurrent.ts'

type Numbers = readonly number[]
type LayerRecord = { readonly inputs: number; readonly hidden: number; readonly weights: Numbers }

/** A trained model as plain numbers, to be kept under its version. */
export type RecurrentRecord = {
  readonly version: number
  readonly trainedAtMs: number
  readonly rows: number
  readonly steps: number
  readonly means: Numbers
  readonly scales: Numbers
  readonly usual: Numbers
  readonly seldom: number
  readonly encoder: LayerRecord
  readonly decoder: LayerRecord
  readonly output: Numbers
}

export function recordOf({ net, means, scales, usual, ...rest }: RecurrentModel): RecurrentRecord {
  return {
    ...rest,
    steps: net.steps,
    means: [...means],
    scales: [...scales],
    usual: [...usual],
    encoder: { ...net.encoder, weights: [...net.encoder.weights] },
    decoder: { ...net.decoder, weights: [...net.decoder.weights] },
    output: [...net.output],
  }
}

export function modelFrom({
  means,
  scales,
  usual,
  steps,
  encoder,
  decoder,
  output,
  ...rest
}: RecurrentRecord): RecurrentModel {
  const layer = ({ inputs, hidden, weights }: LayerRecord): Lstm => ({
    inputs,
    hidden,
    weights: Float64Array.from(weights),
  })
  return {
    ...rest,
    means: Float64Array.from(means),
    scales: Float64Array.from(scales),
    usual: Float64Array.from(usual),
    net: {
      metrics: means.length,
      steps,
      encoder: layer(encoder),
      decoder: layer(decoder),
      output: Float64Array.from(output),
    },
  }
}
