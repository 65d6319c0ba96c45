import { lineFrom, type Fields, type Line } from './fields.ts'

/** Reads a line that is a JSON object, as pino, zap, winston, logback and many others write it; undefined where it is none. */
export function readJsonLine(line: string): Line | undefined {
  if (!line.startsWith('{')) return undefined
  const fields = fieldsIn(line)
  return fields && lineFrom(fields, line)
}

function fieldsIn(line: string): Fields | undefined {
  try {
    return JSON.parse(line) as Fields
  } catch {
    return undefined
  }
}
