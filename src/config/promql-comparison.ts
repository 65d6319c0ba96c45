import type { CompareOp } from '../domain/condition/ast.ts'
import { UsageError } from '../domain/errors.ts'

/** What a PromQL expression compares, and with which number. */
export type PromqlComparison = { readonly left: string; readonly op: CompareOp; readonly right: number }

const TOKEN = /"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|`[^`]*`|#[^\n]*|[<>=!]=|[<>]|[()[\]{}]|[A-Za-z_:][\w:.]*|\s+|./gs
const NUMBER = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?$/i
const SETS = ['and', 'or', 'unless']

/**
 * Takes `EXPR > NUMBER` apart. A Prometheus answers a comparison that is false with nothing, as it does when there is no
 * data: asked for the left side alone, it tells one from the other. Throws {@link UsageError} where it ends in none.
 */
export function comparisonIn(expr: string): PromqlComparison {
  const top = topLevelOf(expr)
  const ops = top.filter(({ text }) => /^(?:[<>=!]=|[<>])$/.test(text))
  const [op] = ops
  const right =
    op &&
    expr
      .slice(op.at + op.text.length)
      .replaceAll(/#[^\n]*/g, '')
      .trim()
  const set = top.find(({ text }) => SETS.includes(text.toLowerCase()))
  if (op && right !== undefined && ops.length === 1 && !set && NUMBER.test(right)) {
    const left = expr.slice(0, op.at).trim()
    if (left !== '') return { left, op: op.text as CompareOp, right: Number(right) }
  }
  const why = set ? `"${set.text}" stands beside its comparison: put it in parentheses below one` : 'it does not'
  throw new UsageError(
    `must end in a comparison with a number, such as "... > 0.05", so that no data is not taken for health; ${why}`,
  )
}

type Token = { readonly text: string; readonly at: number }

/** What stands outside of all brackets and quotes. */
function topLevelOf(expr: string): Token[] {
  let depth = 0
  const found: Token[] = []
  for (const { 0: text, index: at } of expr.matchAll(TOKEN)) {
    if ('([{'.includes(text)) depth++
    else if (')]}'.includes(text)) depth--
    else if (depth === 0 && !/^["'`#\s]/.test(text)) found.push({ text, at })
  }
  return found
}
