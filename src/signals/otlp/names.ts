/*
 * What a metric and a label are called in Prometheus' words, as Prometheus itself translates OTLP by default: so that a
 * condition, an alias or a rule that was written for the one finds the other.
 */

const UNITS: Readonly<Record<string, string>> = {
  '': '',
  '1': '',
  '%': 'percent',
  d: 'days',
  h: 'hours',
  min: 'minutes',
  s: 'seconds',
  ms: 'milliseconds',
  us: 'microseconds',
  ns: 'nanoseconds',
  By: 'bytes',
  KiBy: 'kibibytes',
  MiBy: 'mebibytes',
  GiBy: 'gibibytes',
  TiBy: 'tibibytes',
  KBy: 'kilobytes',
  MBy: 'megabytes',
  GBy: 'gigabytes',
  TBy: 'terabytes',
  m: 'meters',
  V: 'volts',
  A: 'amperes',
  J: 'joules',
  W: 'watts',
  g: 'grams',
  Cel: 'celsius',
  Hz: 'hertz',
}

const PER: Readonly<Record<string, string>> = {
  s: 'second',
  m: 'minute',
  h: 'hour',
  d: 'day',
  w: 'week',
  mo: 'month',
  y: 'year',
}

/** What is appended beside the unit: `_total` for what only grows, `_ratio` for a gauge of unit 1. */
export type NameSuffix = 'total' | 'ratio' | undefined

/** `http.server.duration` in `s` is `http_server_duration_seconds`. Empty where nothing of the name is left. */
export function metricNameOf(name: string, unit: string, suffix?: NameSuffix): string {
  const words = name.split(/[^a-zA-Z0-9:]+/).filter((word) => word !== '')
  if (words.length === 0) return ''
  for (const word of unitWords(unit)) if (!words.includes(word)) words.push(word)
  const all = suffix === undefined ? words : [...words.filter((word) => word !== suffix), suffix]
  const joined = all.join('_')
  return /^\d/.test(joined) ? `_${joined}` : joined
}

/** Units in braces (`{requests}`) are notes to people, and make no part of a name. */
function unitWords(unit: string): string[] {
  const slash = unit.indexOf('/')
  const main = (slash < 0 ? unit : unit.slice(0, slash)).trim()
  const per = slash < 0 ? '' : unit.slice(slash + 1).trim()
  const perWord = wordOf(PER, per)
  return [wordOf(UNITS, main), perWord === '' ? '' : `per_${perWord}`].filter((word) => word !== '')
}

function wordOf(words: Readonly<Record<string, string>>, unit: string): string {
  if (/[{}]/.test(unit)) return ''
  const known = Object.hasOwn(words, unit) ? words[unit] : undefined
  return known ?? unit.replaceAll(/[^a-zA-Z0-9]+/g, '_').replaceAll(/^_+|_+$/g, '')
}

/** `http.route` is `http_route`; what begins with a digit gets `key_` in front. */
export function labelNameOf(key: string): string {
  const name = key.replaceAll(/[^a-zA-Z0-9_]/g, '_')
  return /^\d/.test(name) ? `key_${name}` : name
}
