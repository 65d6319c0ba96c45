import type { Json } from './json.ts'

/** Takes out of what people see, and of what is kept, whatever opens something. */
export type Redactor = {
  /** A text of ours, such as a message: configured secrets, credentials in URLs and headers, and values beside telling names. */
  text(text: string): string
  /** A document, all texts of it; what stands under a telling name is hidden whole. The document itself where nothing is. */
  value<T>(value: T): T
}

export const HIDDEN = '***'
/** A shorter secret would stand in every other word. */
const LEAST_LENGTH = 6

const WORDS = 'password|passwd|passphrase|secret|token|credentials?|(?:api|access|private|signing|encryption)[-_.]?key'
/** `DB_PASSWORD`, `client-secret`, `apiKey`, `TLS_KEY`; not `max_tokens`, `monkey` or `authenticated`. */
const TELLING = [
  new RegExp(`(?:^|[^a-z])(?:${WORDS})(?:$|[^a-z])`, 'i'),
  /(?:Password|Passphrase|Secret|Token|Credentials?|(?:[Aa]pi|[Aa]ccess|[Pp]rivate)Key)(?:$|[A-Z_.-])/,
  /(?:^|[_.-])key$/i,
]

/** Whether what stands under a name is likely to open something. */
export function isTelling(name: string): boolean {
  return TELLING.some((pattern) => pattern.test(name))
}

const PATTERNS: readonly (readonly [RegExp, string])[] = [
  [/\/\/[^\s/@"'<>]+@/g, `//${HIDDEN}@`],
  [/\b([Bb]earer|[Bb]asic)\s+[\w.~+/=-]{16,}/g, `$1 ${HIDDEN}`],
  [/\beyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]*/g, HIDDEN],
  [new RegExp(`([\\w.-]*(?:${WORDS})=)[^\\s&"',;]+`, 'gi'), `$1${HIDDEN}`],
  [new RegExp(`("[\\w.-]*(?:${WORDS})[\\w.-]*\\\\?"\\s*:\\s*\\\\?")[^"]*?(\\\\?")`, 'gi'), `$1${HIDDEN}$2`],
]

/** @param secrets the values of now; read anew each time, since a reload may bring others */
export function redactorOf(secrets: () => readonly string[] = () => []): Redactor {
  const text = (given: string): string => {
    let shown = given
    for (const secret of secrets()) {
      if (secret.length >= LEAST_LENGTH && shown.includes(secret)) shown = shown.replaceAll(secret, HIDDEN)
    }
    for (const [pattern, instead] of PATTERNS) shown = shown.replace(pattern, instead)
    return shown
  }
  return { text, value: (value) => valueOf(value, text) }
}

function valueOf<T>(value: T, text: Redactor['text']): T {
  if (typeof value === 'string') return text(value) as T
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return arrayOf(value, text) as T
  if (!isPlain(value)) return value
  let changed = false
  const entries = Object.entries(value).map(([name, one]) => {
    const shown = isSecret(name, one) ? HIDDEN : valueOf(one as unknown, text)
    changed ||= shown !== one
    return [name, shown] as const
  })
  const shown = (changed ? Object.fromEntries(entries) : value) as T
  return differenceOf(shown)
}

function arrayOf(values: readonly unknown[], text: Redactor['text']): readonly unknown[] {
  const shown = values.map((one) => valueOf(one, text))
  return shown.some((one, i) => one !== values[i]) ? shown : values
}

/** A number or text under a telling name; what is only counted, or is a list of names, is not. */
function isSecret(name: string, value: unknown): boolean {
  return (typeof value === 'string' || typeof value === 'number') && value !== '' && isTelling(name)
}

/** A difference names what differs in a value of its own. */
function differenceOf<T>(value: T): T {
  const { name, from, to } = value as { name?: unknown; from?: Json; to?: Json }
  if (typeof name !== 'string' || !('from' in (value as object)) || !isTelling(name)) return value
  const hide = (one: Json | undefined): Json => (one === undefined || one === null ? null : HIDDEN)
  return { ...value, from: hide(from), to: hide(to) }
}

function isPlain(value: object): boolean {
  const of: unknown = Object.getPrototypeOf(value)
  return of === Object.prototype || of === null
}
