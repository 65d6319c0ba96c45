import { printable } from '../../../src/cli/text.ts'
import { useFormat } from '../../format.ts'
import { useNow } from '../../now.ts'
import { useSettings } from '../../settings.ts'
import { en } from './tongue.en.ts'
import type { Say, Tongue } from './tongue.ts'
import { zh } from './tongue.zh.ts'

const TONGUES = { en, zh } as const
const MOST = 240
const MINUTE_MS = 60_000

/** The language that was chosen, and how times and words from outside are said in it. */
export function useTongue(): { readonly tongue: Tongue; readonly say: Say } {
  const { language } = useSettings()
  const format = useFormat()
  const now = useNow(MINUTE_MS)
  const say: Say = { time: (ms) => format.time(ms, now), duration: format.duration, name: short, text: short }
  return { tongue: TONGUES[language], say }
}

const STAMP = new Intl.DateTimeFormat('sv-SE', {
  ...({ year: 'numeric', month: '2-digit', day: '2-digit' } as const),
  ...({ hour: '2-digit', minute: '2-digit', second: '2-digit', timeZoneName: 'short' } as const),
})

/** `2026-11-21 14:03:12 UTC`: for what is read elsewhere, on another day. */
export const stamp = (ms: number): string => STAMP.format(ms)

/** Words from outside within a sentence: marks that turn its order around are written out, and what is long is cut. */
export function short(text: string): string {
  const plain = printable(text)
  return plain.length > MOST ? `${plain.slice(0, MOST).toWellFormed()}…` : plain
}
