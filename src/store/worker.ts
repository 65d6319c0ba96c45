import { parentPort, workerData } from 'node:worker_threads'
import { openWriter, type WriterOptions } from './writer.ts'
import { toWire, type Reply, type Request } from './writer-port.ts'

/** The writer's thread (started by `writer-thread.ts`): answers first, tidies up afterwards. */
const port = parentPort
if (port === null) throw new Error('worker.ts is the inside of a worker thread and does nothing by itself')

const answer = (reply: Reply): void => port.postMessage(reply)

try {
  const writer = openWriter(workerData as WriterOptions)

  const handle = (request: Request): unknown => {
    switch (request.do) {
      case 'run':
        return writer.run(request.batch).map((result) => ('error' in result ? { error: toWire(result.error) } : result))
      case 'shortage':
        return writer.shortage()
      case 'retain':
        return writer.retain(request.at, request.keep)
      case 'close':
        return writer.close()
    }
  }

  port.on('message', (request: Request) => {
    try {
      answer({ id: request.id, value: handle(request) })
      if (request.do === 'close') port.close()
      else writer.tidy()
    } catch (thrown) {
      answer({ id: request.id, error: toWire(thrown) })
    }
  })
  answer({ id: 0, value: writer.epoch })
} catch (thrown) {
  answer({ id: 0, error: toWire(thrown) })
}
