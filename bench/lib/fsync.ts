import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { percentile } from './percentile.ts'

/** What one small durable write costs on the disk of a folder, in milliseconds: durable figures mean nothing without it. */
export function fsyncMs(folder: string): { readonly p50: number; readonly p99: number } {
  const page = Buffer.alloc(4096)
  const handle = openSync(join(folder, 'fsync'), 'w')
  const times = Array.from({ length: 300 }, () => {
    const began = performance.now()
    writeSync(handle, page)
    fsyncSync(handle)
    return performance.now() - began
  })
  closeSync(handle)
  return { p50: percentile(times, 50), p99: percentile(times, 99) }
}
