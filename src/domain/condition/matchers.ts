import { UsageError } from '../errors.ts'
import type { Labels, Matcher } from '../signal.ts'

const MAX_PATTERN = 256
const MAX_CHOICES = 3
const MAX_VALUE = 256
const patterns = new Map<string, RegExp>()

/** Whether labels pass every test. A label that is absent counts as the empty text, as in Prometheus. */
export function matches(labels: Labels, matchers: readonly Matcher[]): boolean {
  return matchers.every((matcher) => {
    const value = Object.hasOwn(labels, matcher.label) ? (labels[matcher.label] ?? '') : ''
    switch (matcher.op) {
      case '=':
        return value === matcher.value
      case '!=':
        return value !== matcher.value
      case '=~':
        return patternMatches(matcher.value, value)
      case '!~':
        return !patternMatches(matcher.value, value)
    }
  })
}

/**
 * Reads the pattern of a `=~` or `!~` matcher, anchored at both ends. Backtracking that could hang is kept out by
 * construction: no look-around, no back references, at most three repeats and groups, and no group that is repeated.
 * Throws {@link UsageError} on anything else, and on what is no regular expression.
 */
export function safePattern(source: string): RegExp {
  const known = patterns.get(source)
  if (known) return known
  const why = objection(source)
  if (why !== undefined) throw new UsageError(`the pattern '${source}' is refused: ${why}`)
  const made = compile(source)
  patterns.set(source, made)
  return made
}

function patternMatches(source: string, value: string): boolean {
  // Longer values match no pattern: three repeats over 256 characters are as much time as one match may cost.
  return value.length <= MAX_VALUE && safePattern(source).test(value)
}

function objection(source: string): string | undefined {
  if (source.length > MAX_PATTERN) return `it has ${source.length} characters, at most ${MAX_PATTERN} are allowed`
  if (/\\[1-9k]/.test(source)) return 'it refers back to a group'
  if (/\(\?(?!:)/.test(source)) return 'it uses a group that looks around or is named; use (?:...)'
  const bare = source
    .replaceAll(/\\./g, 'x')
    .replaceAll('(?:', '(')
    .replaceAll(/\[\^?\]?[^\]]*\]/g, 'x')
  if (/\)[*+{]/.test(bare)) return 'it repeats a group'
  const choices = bare.match(/[*+?{(]/g)?.length ?? 0
  if (choices <= MAX_CHOICES) return undefined
  return `it has ${choices} repeats and groups, at most ${MAX_CHOICES} are allowed`
}

function compile(source: string): RegExp {
  try {
    return new RegExp(`^(?:${source})$`, 'su')
  } catch (cause) {
    throw new UsageError(`the pattern '${source}' is not a regular expression`, { cause })
  }
}
