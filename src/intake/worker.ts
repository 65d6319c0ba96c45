import { randomInt } from 'node:crypto'
import { parentPort, workerData } from 'node:worker_threads'
import { createDesk } from './desk.ts'
import { buffersOf, toWire, type FromWorker, type ToWorker, type WorkerOptions } from './messages.ts'

/** The intake's thread (started by `port.ts`): decoding, windows and detectors of every series. */
const port = parentPort
if (port === null) throw new Error('worker.ts is the inside of a worker thread and does nothing by itself')

const TELL_EVERY_MS = 250
const COUNT_EVERY_MS = 1000

const desk = createDesk({ ...(workerData as WorkerOptions), seed: randomInt(2 ** 31) })
const say = (message: FromWorker, move: ArrayBuffer[] = []): void => port.postMessage(message, move)

let toldAt = Number.NEGATIVE_INFINITY
let owed: NodeJS.Timeout | undefined

/** Tells main what it reads: at once after a silence, else in a while, all together. */
function tell(): void {
  const leftMs = toldAt + TELL_EVERY_MS - performance.now()
  if (leftMs > 0) {
    owed ??= setTimeout(() => {
      owed = undefined
      tell()
    }, leftMs)
    return
  }
  const samples = desk.told()
  if (!samples) return
  toldAt = performance.now()
  say({ samples }, buffersOf(samples))
}

port.on('message', (message: ToWorker) => {
  if (message.do === 'name') desk.name(message.metrics)
  else if (message.do === 'observe') desk.observe(message.samples)
  else take(message)
  tell()
})

function take({ id, delivery }: Extract<ToWorker, { do: 'take' }>): void {
  try {
    say({ id, taken: desk.take(delivery, Date.now()) })
  } catch (thrown) {
    say({ id, error: toWire(thrown) })
  }
}

setInterval(() => {
  const now = Date.now()
  desk.sweep(now)
  say({ counts: desk.counts(), loudest: desk.loudest(now) })
}, COUNT_EVERY_MS)
