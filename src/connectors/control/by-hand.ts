import type { Json } from '../../lib/json.ts'
import { shellQuoted } from '../../lib/shell.ts'
import type { Place } from './exchange.ts'

/** What a change must name of the state that it is meant for: read at the moment at which the command is given. */
export type Guarded = {
  /** The page that says it, and under which name. */
  readonly look: Place
  readonly says: string
  /** How the change names it. */
  readonly as: string
  readonly kind: 'text' | 'number'
}

/**
 * One line for a person's shell that sends a change to a page, as a connector would: under a key of its own, and only if
 * nothing changes between its look and its write. Values are quoted; of what the page answers only the one value is taken.
 */
export function changeCommand(place: Place, change: Readonly<Record<string, Json>>, guarded: Guarded): string {
  const { look, says, as, kind } = guarded
  const quote = kind === 'text' ? '"' : ''
  const said = kind === 'text' ? `"${says}": *"[^"]*"` : `"${says}": *[0-9]*`
  const value = kind === 'text' ? `cut -d'"' -f4` : `grep -o '[0-9]*$'`
  const asked = `curl -sS ${placeWords(look)} | grep -o ${shellQuoted(said)} | head -n1 | ${value}`
  const body = JSON.stringify(change).slice(0, -1)
  const before = shellQuoted(`${body === '{' ? '{' : `${body},`}"key":"by-hand-`)
  const middle = shellQuoted(`",${JSON.stringify(as)}:${quote}`)
  const data = `${before}"$(date +%s)-$$"${middle}"$(${asked})"${shellQuoted(`${quote}}`)}`
  return `curl -sS -H 'content-type: application/json' -d ${data} ${placeWords(place)}`
}

function placeWords(place: Place): string {
  const words = 'url' in place ? [place.url] : ['--unix-socket', place.socketPath, `http://localhost${place.path}`]
  return words.map(shellQuoted).join(' ')
}
