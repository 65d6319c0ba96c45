import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs'
import type { HeadsConfig } from '../config/config.ts'
import type { HeadSink } from '../engine/tasks/heads.ts'
import { postJson } from '../notify/post.ts'
import { headLine } from '../store/heads.ts'

/** The places that the configuration names for published heads. */
export function headSinks({ file, url }: Omit<HeadsConfig, 'everyMs'>): HeadSink[] {
  const sinks: HeadSink[] = []
  if (file !== undefined) sinks.push({ name: `file ${file}`, take: async (head) => append(file, headLine(head)) })
  if (url !== undefined) {
    const what = 'the url of record.heads'
    sinks.push({ name: what, take: (head, abort) => postJson({ url: url.reveal() }, head, { what, abort }) })
  }
  return sinks
}

/** Durably, at the end: nothing that stands there is ever written over. */
function append(file: string, line: string): void {
  const handle = openSync(file, 'a', 0o600)
  try {
    writeSync(handle, line)
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}
