import type { NumberedSamples, NumberedSeries } from './messages.ts'

/** Collects samples of numbered series until they are taken. */
export type Collector = {
  begin(series: NumberedSeries): void
  end(number: number): void
  add(number: number, at: number, value: number): void
  /** All since the last call; undefined where there is nothing. */
  take(): NumberedSamples | undefined
}

const FIRST_ROOM = 1024

export function collector(): Collector {
  let length = 0
  let [numbers, at, values] = roomFor(FIRST_ROOM)
  let series: NumberedSeries[] = []
  let ended: number[] = []
  const grow = (): void => {
    const [moreNumbers, moreAt, moreValues] = roomFor(2 * length)
    moreNumbers.set(numbers)
    moreAt.set(at)
    moreValues.set(values)
    ;[numbers, at, values] = [moreNumbers, moreAt, moreValues]
  }
  return {
    begin: (one) => void series.push(one),
    end: (number) => void ended.push(number),
    add(number, time, value) {
      if (length === numbers.length) grow()
      numbers[length] = number
      at[length] = time
      values[length] = value
      length++
    },
    take() {
      if (length === 0 && series.length === 0 && ended.length === 0) return undefined
      const taken = {
        series,
        ended,
        numbers: numbers.slice(0, length),
        at: at.slice(0, length),
        values: values.slice(0, length),
      }
      length = 0
      series = []
      ended = []
      return taken
    },
  }
}

type Room = [Int32Array<ArrayBuffer>, Float64Array<ArrayBuffer>, Float64Array<ArrayBuffer>]

const roomFor = (length: number): Room => [new Int32Array(length), new Float64Array(length), new Float64Array(length)]
