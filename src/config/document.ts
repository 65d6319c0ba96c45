import { isScalar, LineCounter, parseDocument, visit, type Document } from 'yaml'
import { messageOf, UsageError } from '../domain/errors.ts'
import { lineOf, offsetOf, type Located, type Path, type Problem } from './problems.ts'

/** Where something stands in a file, both from 1. */
export type Position = { readonly line: number; readonly col: number }

/** A YAML text that was read, and that can tell where in its file something stands. */
export type Yaml = {
  readonly value: unknown
  /** One line for each problem, in the order of the text: `kintsugi.yaml:12:5: limits.perTarget[0]: expected ...`. */
  lines(problems: readonly Problem[]): string[]
  /** The text at a path read as YAML of its own, with positions in this file. Throws as `readYaml` does. */
  inner(path: Path, text: string): Yaml
}

/** Reads YAML. Throws {@link UsageError} with one line for each place where it is none. */
export function readYaml(text: string, file: string, place: (at: Position) => Position = (at) => at): Yaml {
  const counter = new LineCounter()
  const document = parseDocument(text, { lineCounter: counter, prettyErrors: false, merge: false })
  const positionOf = (offset: number): Position => place(counter.linePos(offset))
  const told = (problems: readonly Located[]): string[] =>
    [...problems]
      .sort((a, b) => a.offset - b.offset)
      .map((problem) => lineOf(file, positionOf(problem.offset), problem))
  const refuse = (problems: readonly Located[]): void => {
    if (problems.length > 0) throw new UsageError(told(problems).join('\n'))
  }
  const broken = [...document.errors, ...document.warnings]
  refuse(broken.map(({ pos, message }) => ({ path: [], message, offset: pos[0] })))
  refuse(danglingAliases(document))
  return {
    value: plain(document, file),
    lines: (problems) => told(problems.map((problem) => ({ ...problem, offset: offsetOf(document, problem) }))),
    inner: (path, inside) => {
      const at = positionOf(offsetOf(document, { path, message: '' }))
      const node = document.getIn(path, true)
      const block = isScalar(node) && node.type === 'BLOCK_LITERAL'
      return readYaml(inside, file, block ? withinBlock(at, text.split(/\r?\n/), inside.split('\n')) : () => at)
    },
  }
}

/** A literal block keeps its lines: each stands in the file as it is, moved to the right. */
function withinBlock(head: Position, outer: readonly string[], inner: readonly string[]): (at: Position) => Position {
  return ({ line, col }) => {
    const moved = (outer[head.line + line - 1]?.length ?? 0) - (inner[line - 1]?.length ?? 0)
    return { line: head.line + line, col: col + Math.max(0, moved) }
  }
}

function danglingAliases(document: Document.Parsed): Located[] {
  const found: Located[] = []
  visit(document, {
    Alias: (_, alias) => {
      if (alias.resolve(document)) return
      found.push({
        path: [],
        message: `no &${alias.source} stands before *${alias.source}`,
        offset: alias.range?.[0] ?? 0,
      })
    },
  })
  return found
}

function plain(document: Document.Parsed, file: string): unknown {
  try {
    return document.toJS()
  } catch (error) {
    throw new UsageError(`${file}: ${messageOf(error)}`) // aliases that would multiply without end
  }
}
