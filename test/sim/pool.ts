import { fork, type ChildProcess } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { siblingEntry } from '../../src/lib/entry.ts'
import type { Batch, BatchResult } from './batch.ts'

/** Runs batches over a few processes, as they are asked for; `take` answers undefined when there is no more to do. */
export async function runPool(
  take: () => Batch | undefined,
  done: (batch: Batch, result: BatchResult) => void,
  workers: number = availableParallelism(),
): Promise<void> {
  await Promise.all(Array.from({ length: workers }, () => work(take, done)))
}

/**
 * There is a worker for every core: a collector with threads of its own only takes them from the others. Nearly all of a
 * seed is gone before a young generation of this size is full.
 */
const COLLECTOR = ['--single-threaded-gc', '--min-semi-space-size=64', '--max-semi-space-size=64']

async function work(take: () => Batch | undefined, done: (batch: Batch, result: BatchResult) => void): Promise<void> {
  const worker = fork(siblingEntry(import.meta.url, './worker'), { execArgv: [...process.execArgv, ...COLLECTOR] })
  try {
    for (let batch = take(); batch; batch = take()) done(batch, await ask(worker, batch))
  } finally {
    worker.disconnect()
  }
}

function ask(worker: ChildProcess, batch: Batch): Promise<BatchResult> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null): void => reject(new Error(`a worker ended with code ${code} at ${text(batch)}`))
    worker.once('exit', ended)
    worker.once('message', (answer: { readonly result?: BatchResult; readonly problem?: string }) => {
      worker.off('exit', ended)
      if (answer.result) resolve(answer.result)
      else reject(new Error(`${text(batch)}: ${answer.problem}`))
    })
    worker.send(batch)
  })
}

const text = ({ firstSeed, seeds, mutation }: Batch): string =>
  `seeds ${firstSeed} to ${firstSeed + seeds - 1}${mutation === undefined ? '' : ` of mutant '${mutation}'`}`
