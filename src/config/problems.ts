import { isAlias, isMap, isScalar, isSeq, type Document, type Node } from 'yaml'
import type { z } from 'zod'

export type Path = readonly (string | number)[]

/** Something wrong at a place of the file. `atKey`: the key itself is wrong, not its value. */
export type Problem = { readonly path: Path; readonly message: string; readonly atKey?: boolean }
export type Located = Problem & { readonly offset: number }

/** Tells where in the file a path stands, as an offset; a part that is missing stands where its owner does. */
export function offsetOf(document: Document.Parsed, { path, atKey }: Problem): number {
  let node: Node | null = document.contents
  let offset = node?.range?.[0] ?? 0
  for (const [i, part] of path.entries()) {
    if (isAlias(node)) node = node.resolve(document) ?? null
    const pair = isMap(node) ? node.items.find(({ key }) => isScalar(key) && String(key.value) === part) : undefined
    if (atKey && i === path.length - 1 && isScalar(pair?.key)) return pair.key.range?.[0] ?? offset
    const next: unknown = isSeq(node) ? node.items[Number(part)] : pair?.value
    if (!isNode(next)) return isScalar(pair?.key) ? (pair.key.range?.[0] ?? offset) : offset
    node = next
    offset = node.range?.[0] ?? offset
  }
  return offset
}

function isNode(value: unknown): value is Node {
  return isScalar(value) || isMap(value) || isSeq(value) || isAlias(value)
}

/** One line for people: `kintsugi.yaml:12:5: limits.perTarget[0]: expected ...`, lines and columns from 1. */
export function lineOf(
  file: string,
  { line, col }: { readonly line: number; readonly col: number },
  { path, message }: Problem,
): string {
  // What is quoted from a text of several lines must not make two problems of one.
  const text = message.replaceAll(/\s*\n\s*/g, ' ')
  return `${file}:${line}:${col}: ${path.length === 0 ? '' : `${pathText(path)}: `}${text}`
}

function pathText(path: Path): string {
  return path
    .map((part, i) => {
      if (typeof part === 'number') return `[${part}]`
      if (!/^[\w-]+$/.test(part)) return `[${JSON.stringify(part)}]`
      return i === 0 ? part : `.${part}`
    })
    .join('')
}

/** What zod found, in the words of the file; several unknown keys in one section are several problems. */
export function problemsOf(issues: readonly z.core.$ZodIssue[], read: unknown): Problem[] {
  return issues.flatMap((issue): Problem[] => {
    const path = issue.path.map((part) => (typeof part === 'number' ? part : String(part)))
    if (issue.code === 'invalid_key') return [{ path, message: issue.issues[0]?.message ?? issue.message, atKey: true }]
    if (issue.code !== 'unrecognized_keys') return [{ path, message: completed(issue.message, path, read) }]
    const known = issue.message.split(' ')
    return issue.keys.map((key) => ({
      path: [...path, key],
      message: `unknown key${suggestion(key, known)}`,
      atKey: true,
    }))
  })
}

const HIDDEN = ['headers', 'basicAuth', 'bearer', 'token']

/** Adds what was found to a message that says what was expected, except where secrets stand. */
function completed(message: string, path: Path, read: unknown): string {
  if (!message.startsWith('expected ') || path.some((part) => HIDDEN.includes(String(part)))) return message
  const found = valueAt(read, path)
  return found === undefined ? `${message}, but it is missing` : `${message}, got ${shown(found)}`
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (at, part) =>
      typeof at === 'object' && at !== null ? Object.entries(at).find(([key]) => key === String(part))?.[1] : undefined,
    value,
  )
}

function shown(value: unknown): string {
  if (value === null) return 'nothing'
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list'
  if (typeof value === 'object') return 'a section'
  const written = JSON.stringify(value)
  return written.length > 80 ? `${written.slice(0, 77)}...` : written
}

/** `; did you mean "x"?` for the nearest known word, else the list of all. */
export function suggestion(word: string, known: readonly string[]): string {
  const [nearest] = known
    .map((one) => ({ one, distance: editDistance(word.toLowerCase(), one.toLowerCase()) }))
    .filter(({ one, distance }) => distance <= Math.max(2, one.length / 3))
    .sort((a, b) => a.distance - b.distance)
  if (nearest) return `; did you mean "${nearest.one}"?`
  return known.filter((one) => one !== '').length === 0 ? '; there are none here' : `; known here: ${known.join(', ')}`
}

/** How many letters must be put in, left out or changed to make one word of the other. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const changed = (row[j - 1] ?? 0) + Number(a[i - 1] !== b[j - 1])
      next.push(Math.min(changed, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[b.length] ?? 0
}
