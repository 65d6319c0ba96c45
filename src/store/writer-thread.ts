import { Worker } from 'node:worker_threads'
import { messageOf, RecordUnwritableError } from '../domain/errors.ts'
import { siblingEntry } from '../lib/entry.ts'
import type { RetentionReport } from './retention.ts'
import { fromWire, type Reply, type Request, type WireError, type WriterPort } from './writer-port.ts'
import type { CommitResult, WriterOptions } from './writer.ts'

type Waiting = { readonly resolve: (value: unknown) => void; readonly reject: (error: Error) => void }

/** The writer on a thread of its own, so that the sync of a commit holds nothing else up. */
export async function writerThread(options: Omit<WriterOptions, 'hook'>): Promise<WriterPort> {
  const worker = new Worker(siblingEntry(import.meta.url, './worker'), { workerData: options })
  const waiting = new Map<number, Waiting>()
  let lastId = 0
  let death: Error | undefined

  function fail(reason: string): void {
    death ??= new RecordUnwritableError(`cannot write the record ${options.file}: ${reason}`)
    for (const { reject } of waiting.values()) reject(death)
    waiting.clear()
  }
  worker.on('error', (thrown) => fail(`its writer has failed (${messageOf(thrown)}); restart this process`))
  worker.on('exit', () => fail('its writer has ended'))
  worker.on('message', (reply: Reply) => {
    const asker = waiting.get(reply.id)
    waiting.delete(reply.id)
    if ('error' in reply) asker?.reject(fromWire(reply.error))
    else asker?.resolve(reply.value)
  })

  const reply = (id: number): Promise<unknown> =>
    new Promise((resolve, reject) => {
      if (death) return reject(death)
      waiting.set(id, { resolve, reject })
    })
  function ask(request: Request): Promise<unknown> {
    const answer = reply(request.id)
    worker.postMessage(request, [])
    return answer
  }

  const epoch = (await reply(0)) as number
  return {
    epoch,
    run: async (batch) => {
      const results = (await ask({ id: ++lastId, do: 'run', batch })) as (CommitResult | { error: WireError })[]
      return results.map((result) => ('error' in result ? { error: fromWire(result.error) } : result))
    },
    shortage: async () => (await ask({ id: ++lastId, do: 'shortage' })) as string | undefined,
    retain: async (at, keep) => (await ask({ id: ++lastId, do: 'retain', at, keep })) as RetentionReport,
    close: async () => {
      if (death === undefined) await ask({ id: ++lastId, do: 'close' })
    },
  }
}
