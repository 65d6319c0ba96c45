import { addScaled, dot } from '../../lib/vectors.ts'

/**
 * One layer of long short-term memory. `weights` holds a row for each hidden unit of each gate (input, forget, candidate,
 * output): weights of the inputs, of the hidden values before, and a bias.
 */
export type Lstm = { readonly inputs: number; readonly hidden: number; readonly weights: Float64Array }

/** All that a pass over a sequence leaves behind; row 0 of `h` and `c` is before the first step. */
export type Trace = {
  readonly gates: Float64Array
  readonly h: Float64Array
  readonly c: Float64Array
  /** Scratch for the way back. */
  readonly dz: Float64Array
}

export function traceOf({ hidden }: Lstm, steps: number): Trace {
  return {
    gates: new Float64Array(steps * 4 * hidden),
    h: new Float64Array((steps + 1) * hidden),
    c: new Float64Array((steps + 1) * hidden),
    dz: new Float64Array(4 * hidden),
  }
}

/** Weights as Glorot and Bengio (2010) draw them; the forget gates begin open. */
export function beginLstm(inputs: number, hidden: number, random: () => number): Lstm {
  const width = inputs + hidden + 1
  const reach = Math.sqrt(6 / (inputs + 2 * hidden))
  const weights = Float64Array.from({ length: 4 * hidden * width }, () => (2 * random() - 1) * reach)
  for (let row = 0; row < 4 * hidden; row++) weights[row * width + width - 1] = Math.floor(row / hidden) === 1 ? 1 : 0
  return { inputs, hidden, weights }
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x))

/** Runs over `steps` rows of `x`. */
export function forward({ inputs, hidden, weights }: Lstm, x: Float64Array, steps: number, trace: Trace): void {
  const { gates, h, c } = trace
  const width = inputs + hidden + 1
  for (let t = 0; t < steps; t++) {
    const z = t * 4 * hidden
    for (let row = 0; row < 4 * hidden; row++) {
      const sum =
        dot(weights, row * width, x, t * inputs, inputs) +
        dot(weights, row * width + inputs, h, t * hidden, hidden) +
        (weights[row * width + width - 1] ?? 0)
      gates[z + row] = row >= 2 * hidden && row < 3 * hidden ? Math.tanh(sum) : sigmoid(sum)
    }
    for (let unit = 0; unit < hidden; unit++) {
      const [input, forget, candidate, output] = gatesOf(gates, z, unit, hidden)
      const cell = forget * (c[t * hidden + unit] ?? 0) + input * candidate
      c[(t + 1) * hidden + unit] = cell
      h[(t + 1) * hidden + unit] = output * Math.tanh(cell)
    }
  }
}

function gatesOf(gates: Float64Array, z: number, unit: number, hidden: number): [number, number, number, number] {
  const at = z + unit
  return [gates[at] ?? 0, gates[at + hidden] ?? 0, gates[at + 2 * hidden] ?? 0, gates[at + 3 * hidden] ?? 0]
}

/**
 * The way back through time. `dh` is what each hidden value adds to the loss (steps rows; changed); adds to `gradient` (as
 * `weights`) and, where it is asked for, to `dx` (as `x`).
 */
export function backward(
  { inputs, hidden, weights }: Lstm,
  x: Float64Array,
  steps: number,
  { gates, h, c, dz }: Trace,
  dh: Float64Array,
  gradient: Float64Array,
  dx?: Float64Array,
): void {
  const width = inputs + hidden + 1
  const dc = new Float64Array(hidden)
  for (let t = steps - 1; t >= 0; t--) {
    for (let unit = 0; unit < hidden; unit++) {
      const [input, forget, candidate, output] = gatesOf(gates, t * 4 * hidden, unit, hidden)
      const squashed = Math.tanh(c[(t + 1) * hidden + unit] ?? 0)
      const up = dh[t * hidden + unit] ?? 0
      const cell = (dc[unit] ?? 0) + up * output * (1 - squashed ** 2)
      dz[unit] = cell * candidate * input * (1 - input)
      dz[unit + hidden] = cell * (c[t * hidden + unit] ?? 0) * forget * (1 - forget)
      dz[unit + 2 * hidden] = cell * input * (1 - candidate ** 2)
      dz[unit + 3 * hidden] = up * squashed * output * (1 - output)
      dc[unit] = cell * forget
    }
    for (let row = 0; row < 4 * hidden; row++) {
      const slope = dz[row] ?? 0
      const at = row * width
      addScaled(gradient, at, slope, x, t * inputs, inputs)
      addScaled(gradient, at + inputs, slope, h, t * hidden, hidden)
      gradient[at + width - 1] = (gradient[at + width - 1] ?? 0) + slope
      if (dx) addScaled(dx, t * inputs, slope, weights, at, inputs)
      if (t > 0) addScaled(dh, (t - 1) * hidden, slope, weights, at + inputs, hidden)
    }
  }
}

/** Kingma and Ba's Adam, with their constants: takes a step against the gradient, then empties it. */
export type Adam = { step(weights: Float64Array, gradient: Float64Array, rate: number): void }

export function adam(size: number): Adam {
  const mean = new Float64Array(size)
  const square = new Float64Array(size)
  let steps = 0
  return {
    step(weights, gradient, rate) {
      steps++
      const scale = (rate * Math.sqrt(1 - 0.999 ** steps)) / (1 - 0.9 ** steps)
      for (let i = 0; i < size; i++) {
        const slope = gradient[i] ?? 0
        const m = 0.9 * (mean[i] ?? 0) + 0.1 * slope
        const s = 0.999 * (square[i] ?? 0) + 0.001 * slope ** 2
        mean[i] = m
        square[i] = s
        weights[i] = (weights[i] ?? 0) - (scale * m) / (Math.sqrt(s) + 1e-8)
        gradient[i] = 0
      }
    },
  }
}
