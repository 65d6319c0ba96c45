import { createHash } from 'node:crypto'
import { messageOf, UsageError } from '../domain/errors.ts'
import type { Config } from './config.ts'
import { readYaml, type Yaml } from './document.ts'
import { readPolicyFile, type PolicyFile } from './policy-file.ts'
import { problemsOf, type Problem } from './problems.ts'
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
  /** A policy file that takes the place of the file's own policies, and of its policy files. */
  readonly instead?: { readonly file: string; readonly text: string }
}

/**
 * Reads `kintsugi.yaml` and the policy files that it names, judged whole. Pure over its arguments. Throws
 * {@link UsageError} whose message has one line for each problem, file by file in the order of the text:
 * `kintsugi.yaml:12:5: limits.perTarget[0]: expected "N in T" ...`.
 */
export function loadConfig(text: string, context: LoadContext): Config {
  const { file, env } = context
  const main = readYaml(text, file)
  const readFile = (path: string): string => context.readFile(fromFolderOf(file, path))
  const { data, error } = fileSchema({ env, readFile }).safeParse(main.value)
  refuse([[main, problemsOf(error?.issues ?? [], main.value)]])
  if (!data) throw new UsageError(`${file}: cannot be read`)
  const { instead } = context
  const files = instead
    ? [readPolicyFile(instead.text, instead.file)]
    : policyFilesIn(data.policyFiles ?? [], main, { file, readFile })
  const digest = createHash('sha256')
  for (const each of [text, ...files.map((one) => one.text)]) digest.update(each)
  const sections = instead ? { ...data, policies: [] } : data
  const { config, problems, ofFiles } = resolve(sections, {
    file,
    digest: digest.digest('hex'),
    catalogue: context.catalogue,
    readFile: context.readFile,
    policyFiles: files.map(({ policies }) => policies),
  })
  refuse([[main, problems], ...files.map(({ yaml }, i): [Yaml, readonly Problem[]] => [yaml, ofFiles[i] ?? []])])
  return config
}

function refuse(problems: readonly (readonly [Yaml, readonly Problem[]])[]): void {
  const lines = problems.flatMap(([yaml, found]) => yaml.lines(found))
  if (lines.length > 0) throw new UsageError(lines.join('\n'))
}

/** Every policy file; what is wrong in any of them, or keeps one from being read, is told at once. */
function policyFilesIn(
  paths: readonly string[],
  main: Yaml,
  { file, readFile }: { readonly file: string; readonly readFile: (path: string) => string },
): PolicyFile[] {
  const wrong: string[] = []
  const files = paths.flatMap((path, i) => {
    let text: string
    try {
      text = readFile(path)
    } catch (thrown) {
      wrong.push(...main.lines([{ path: ['policyFiles', i], message: `cannot read "${path}": ${messageOf(thrown)}` }]))
      return []
    }
    try {
      return [readPolicyFile(text, fromFolderOf(file, path))]
    } catch (thrown) {
      if (!(thrown instanceof UsageError)) throw thrown
      wrong.push(thrown.message)
      return []
    }
  })
  if (wrong.length > 0) throw new UsageError(wrong.join('\n'))
  return files
}
