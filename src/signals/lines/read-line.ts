import type { Line } from './fields.ts'
import { readJsonLine } from './json-line.ts'
import { readLogfmt } from './logfmt.ts'
import { readPlainLine } from './plain-line.ts'

/** One log line: JSON or logfmt with the usual names, or words; of level `unknown` where it does not say how bad it is. */
export function readLine(line: string): Line {
  return readJsonLine(line) ?? readLogfmt(line) ?? readPlainLine(line)
}

/** As container engines wrap the lines of what they run: `TIME stderr F LINE` in files of Kubernetes. */
const CRI = /^\d{4}-\d\d-\d\dT\S{9,26} (?:stdout|stderr) [FP] /

/** A line of a followed file: what a container engine put around it is taken off. */
export function readFileLine(line: string): Line {
  const wrapped = CRI.exec(line)
  if (wrapped) return readLine(line.slice(wrapped[0].length))
  const inner = line.startsWith('{"log":"') ? dockerLine(line) : undefined
  return readLine(inner ?? line)
}

/** `{"log":"LINE\n","stream":"stderr","time":...}`, as Docker's `json-file` writes it. */
function dockerLine(line: string): string | undefined {
  try {
    const { log, stream } = JSON.parse(line) as { readonly log: unknown; readonly stream?: unknown }
    return typeof log === 'string' && typeof stream === 'string' ? log.trimEnd() : undefined
  } catch {
    return undefined
  }
}
