import { createHash } from 'node:crypto'
import { LineCounter, parseDocument, visit, type Document } from 'yaml'
import { messageOf, UsageError } from '../domain/errors.ts'
import type { Config } from './config.ts'
import { lineOf, offsetOf, problemsOf, type Located, type Problem } from './problems.ts'
import { resolve } from './resolve.ts'
import { fileSchema } from './schema.ts'
import { fromFolderOf, type Catalogue } from './scope.ts'
import type { SecretSources } from './secret.ts'

/** Where a file came from, and what it may refer to. `readFile` throws when it cannot read. */
export type LoadContext = SecretSources & {
  /** As it stands in messages; relative paths in the file are seen from its folder. */
  readonly file: string
  /** Without it, names of remedies and actions are not judged. */
  readonly catalogue?: Catalogue
}

/**
 * Reads `kintsugi.yaml`, judged whole. Pure over its arguments. Throws {@link UsageError} whose message has one line for
 * each problem, in the order of the file: `kintsugi.yaml:12:5: limits.perTarget[0]: expected "N in T" ...`.
 */
export function loadConfig(text: string, context: LoadContext): Config {
  const { file, env } = context
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, merge: false })
  const refuse = (problems: readonly Located[]): void => {
    const ordered = [...problems].sort((a, b) => a.offset - b.offset)
    if (ordered.length > 0) throw new UsageError(ordered.map((problem) => lineOf(file, lines, problem)).join('\n'))
  }
  const located = (problem: Problem): Located => ({ ...problem, offset: offsetOf(document, problem) })

  const broken = [...document.errors, ...document.warnings]
  refuse(broken.map(({ pos, message }) => ({ path: [], message, offset: pos[0] })))
  refuse(danglingAliases(document))
  const read = plain(document, file)
  const readFile = (path: string): string => context.readFile(fromFolderOf(file, path))
  const { data, error } = fileSchema({ env, readFile }).safeParse(read)
  refuse(problemsOf(error?.issues ?? [], read).map(located))
  if (!data) throw new UsageError(`${file}: cannot be read`)
  const digest = createHash('sha256').update(text).digest('hex')
  const { config, problems } = resolve(data, { file, digest, catalogue: context.catalogue, readFile: context.readFile })
  refuse(problems.map(located))
  return config
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
