import { inspect } from 'node:util'
import { UsageError } from '../domain/errors.ts'

/** A text that no log, JSON or inspection shows: only `reveal` does. */
export type Secret = {
  reveal(): string
  toString(): string
  toJSON(): string
}

const HIDDEN = '***'

export function secretOf(value: string): Secret {
  const hide = (): string => HIDDEN
  return Object.freeze({ reveal: () => value, toString: hide, toJSON: hide, [inspect.custom]: hide })
}

/** Where references lead: the environment, and a reader of files that throws when it cannot. */
export type SecretSources = {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly readFile: (path: string) => string
}

const REFERENCE = /\$\{([^}]*)\}/g

/** Whether a text refers to something outside the file. */
export function hasReference(text: string): boolean {
  return text.includes('${')
}

/**
 * Puts what `${env:NAME}` and `${file:PATH}` stand for in their place; the last line break of a file is left out.
 * Throws {@link UsageError}, which names the reference and never a value.
 */
export function resolveSecret(text: string, sources: SecretSources): Secret {
  const value = text.replaceAll(REFERENCE, (_, reference: string) => lookUp(reference, sources))
  if (/[\r\n\0]/.test(value)) throw new UsageError('what it stands for holds a line break, which no header may')
  return secretOf(value)
}

function lookUp(reference: string, { env, readFile }: SecretSources): string {
  const [, kind, name] = /^(env|file):(.+)$/.exec(reference) ?? []
  if (name === undefined) throw new UsageError(`\${${reference}} is no reference: write \${env:NAME} or \${file:PATH}`)
  if (kind === 'file') return readSecretFile(name, readFile)
  const value = Object.hasOwn(env, name) ? env[name] : undefined
  if (!value) throw new UsageError(`the environment variable ${name} is ${value === '' ? 'empty' : 'not set'}`)
  return value
}

function readSecretFile(path: string, readFile: SecretSources['readFile']): string {
  let text: string
  try {
    text = readFile(path)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : ''
    throw new UsageError(`the file ${path} cannot be read${code}`)
  }
  const value = text.replace(/\r?\n$/, '')
  if (value === '') throw new UsageError(`the file ${path} is empty`)
  return value
}
