import type { Condition, Expression, Span } from './ast.ts'

/** How strongly a node binds: a child that binds less than its place asks for is put in parentheses. */
const STRENGTH = { for: 0, or: 1, and: 2, not: 3, compare: 4, '+': 5, '-': 5, '*': 6, '/': 6, value: 7 } as const

/** The text of a condition, or of an expression; reading it gives the same tree again. */
export function conditionText(node: Condition | Expression): string {
  switch (node.kind) {
    case 'number':
      return String(node.value)
    case 'time':
      return 'time()'
    case 'select':
      return node.metric + matchersText(node.matchers)
    case 'alert':
      return `alert${matchersText(node.matchers)}`
    case 'over-time': {
      const ahead = node.aheadMs === undefined ? '' : `, ${exactly(node.aheadMs)}`
      return `${node.fn}(${conditionText(node.of)}[${spanText(node.range)}]${ahead})`
    }
    case 'across':
      return `${node.fn}(${conditionText(node.of)})`
    case 'arithmetic':
    case 'compare':
      return infix(node.op, node)
    case 'reaches': {
      const past = `${inPlace(node.of, STRENGTH.value)}[${spanText(node.range)}]`
      return `${past} ${node.direction} to ${inPlace(node.limit, STRENGTH['+'])} within ${exactly(node.withinMs)}`
    }
    case 'and':
    case 'or':
      return infix(node.kind, node)
    case 'not':
      return `not ${inPlace(node.of, STRENGTH.not)}`
    case 'for': {
      const until = node.until ? ` until ${inPlace(node.until, STRENGTH.or)}` : ''
      return `${inPlace(node.of, STRENGTH.or)} for ${spanText(node.span)}${until}`
    }
  }
}

export function spanText(span: Span): string {
  return 'ms' in span ? exactly(span.ms) : `${span.samples} samples`
}

type Infix = { readonly left: Condition | Expression; readonly right: Condition | Expression }

function infix(op: string, node: (Condition | Expression) & Infix): string {
  const own = strength(node)
  // Operators lean left, and a comparison has none beside it.
  const left = inPlace(node.left, node.kind === 'compare' ? own + 1 : own)
  return `${left} ${op} ${inPlace(node.right, own + 1)}`
}

function inPlace(node: Condition | Expression, least: number): string {
  const text = conditionText(node)
  return strength(node) < least ? `(${text})` : text
}

function strength(node: Condition | Expression): number {
  switch (node.kind) {
    case 'arithmetic':
      return STRENGTH[node.op]
    case 'for':
    case 'or':
    case 'and':
    case 'not':
    case 'compare':
      return STRENGTH[node.kind]
    case 'reaches':
      return STRENGTH.compare
    case 'number':
    case 'time':
    case 'select':
    case 'over-time':
    case 'across':
    case 'alert':
      return STRENGTH.value
  }
}

function matchersText(matchers: readonly { label: string; op: string; value: string }[]): string {
  if (matchers.length === 0) return ''
  return `{${matchers.map(({ label, op, value }) => `${label}${op}${quoted(value)}`).join(', ')}}`
}

function quoted(value: string): string {
  return `"${value.replaceAll(/["\\]/g, String.raw`\$&`).replaceAll('\n', String.raw`\n`)}"`
}

/** A duration with every unit it needs: unlike one made for people, it reads back as the same number. */
function exactly(ms: number): string {
  const units = [
    [86_400_000, 'd'],
    [3_600_000, 'h'],
    [60_000, 'm'],
    [1000, 's'],
    [1, 'ms'],
  ] as const
  let rest = ms
  let text = ''
  for (const [unitMs, unit] of units) {
    if (rest >= unitMs) text += `${Math.floor(rest / unitMs)}${unit}`
    rest %= unitMs
  }
  return text
}
