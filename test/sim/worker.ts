import { messageOf } from '../../src/domain/errors.ts'
import { runBatch, type Batch } from './batch.ts'

// Targets refuse and time out all the time, and nobody reads where.
Error.stackTraceLimit = 0

// A process of its own that runs what it is sent, one batch at a time; it ends when its parent does.
process.on('message', (batch: Batch) => {
  runBatch(batch).then(
    (result) => process.send?.({ result }),
    (thrown: unknown) => process.send?.({ problem: messageOf(thrown) }),
  )
})
process.on('disconnect', () => process.exit())
