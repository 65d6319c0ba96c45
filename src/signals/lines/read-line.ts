import type { Line } from './fields.ts'
import { readJsonLine } from './json-line.ts'
import { readLogfmt } from './logfmt.ts'

/** One log line, as far as it is JSON or logfmt with the usual names; of level `unknown` where it is neither. */
export function readLine(line: string): Line {
  return readJsonLine(line) ?? readLogfmt(line) ?? { level: 'unknown', text: line }
}
