import type { Line } from './fields.ts'
import { levelOf } from './level.ts'

/** How far from its beginning a line may say how bad it is. */
const HEAD = 160
/**
 * A word as loggers write it: in capitals, between blanks and the like (`ERROR: `, `- WARN -`), or in brackets (`[error]`).
 * Words in prose do not count.
 */
const WORD =
  /(?:^|[\s(|"])(TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|SEVERE|FATAL|CRITICAL|PANIC)(?=$|[\s:)|",])|\[\s*([A-Za-z]{3,9})\s*\]/g
/** As glog and Kubernetes' own components begin a line: `E1122 10:00:00.000000`. */
const GLOG = /^([IWEF])\d{4} \d\d:\d\d:\d\d\./
const GLOG_LEVELS = { I: 'info', W: 'warn', E: 'error', F: 'fatal' } as const

/** A line in words of its own: how bad it is by the first word in its head that says so. */
export function readPlainLine(line: string): Line {
  const letter = GLOG.exec(line)?.[1] as keyof typeof GLOG_LEVELS | undefined
  if (letter !== undefined) return { level: GLOG_LEVELS[letter], text: line }
  for (const [, word, bracketed] of line.slice(0, HEAD).matchAll(WORD)) {
    const level = levelOf(word ?? bracketed)
    if (level !== 'unknown') return { level, text: line }
  }
  return { level: 'unknown', text: line }
}
