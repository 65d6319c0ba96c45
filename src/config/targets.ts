import { UsageError } from '../domain/errors.ts'
import { isRef, parseRef, type ResourceRef } from '../domain/resource.ts'
import { suggestion } from './problems.ts'

const PART = String.raw`[A-Za-z0-9*][A-Za-z0-9._*-]*`
/** Three parts, or fewer that end in `**`: `*` does not cross a slash, so that anything shorter would cover nothing. */
const PATTERN = new RegExp(`^${PART}:(?:(?:${PART}/){2}${PART}|(?:${PART}/){0,2}\\*\\*)$`)

/**
 * Reads a target or a pattern as people write it and writes it out in full; short forms need exactly one connector.
 * Throws {@link UsageError} when it could not cover anything: a wrong form, or a connector that is not configured.
 */
export function readTarget(text: string, connectors: readonly string[]): string {
  const full = text.includes('*') ? readPattern(text, connectors) : parseRef(text, connectors)
  const connector = full.slice(0, full.indexOf(':'))
  if (!connector.includes('*') && !connectors.includes(connector)) {
    throw new UsageError(`no connector is named "${connector}"${suggestion(connector, connectors)}`)
  }
  return full
}

/** What can be found through a connector of each type: a short form means the one connector that has its kind. */
const KINDS: Readonly<Record<string, readonly string[]>> = { process: ['service', 'instance'], balancer: ['pool'] }

/** The connectors that a short form may mean, by the kind it names; all of them where none has that kind. */
export function meantBy(text: string, types: ReadonlyMap<string, string>): readonly string[] {
  const kind = text.includes(':') ? '' : (text.split('/').at(-2) ?? '')
  const fitting = [...types].filter(([, type]) => KINDS[type]?.includes(kind)).map(([name]) => name)
  return fitting.length > 0 ? fitting : [...types.keys()]
}

/** Reads a target that must be one. Throws {@link UsageError}. */
export function readOneTarget(text: string, connectors: readonly string[]): ResourceRef {
  const full = readTarget(text, connectors)
  if (isRef(full)) return full
  throw new UsageError(`expected one target, got the pattern "${text}"`)
}

/**
 * Reads one target, or one by labels such as `lab:{namespace}/service/{service}`; which connector is never a label's to
 * say. Throws {@link UsageError}.
 */
export function readTemplate(
  text: string,
  {
    connectors,
    meantBy,
  }: { readonly connectors: readonly string[]; readonly meantBy: (text: string) => readonly string[] },
): string {
  if (!text.includes('{')) return readOneTarget(text, meantBy(text))
  const example = text.replaceAll(/\{[A-Za-z_]\w*\}/g, 'x')
  const [connector = ''] = text.split(':')
  if (!isRef(example) || connector.includes('{')) {
    throw new UsageError(
      `expected a target by labels such as "lab:{namespace}/service/{service}", its connector written out, got "${text}"`,
    )
  }
  readOneTarget(example, connectors)
  return text
}

function readPattern(text: string, connectors: readonly string[]): string {
  const [only, ...others] = connectors
  const short = text.includes(':') || only === undefined || others.length > 0
  const full = short ? text : `${only}:${text.split('/').length === 2 && !text.endsWith('**') ? 'default/' : ''}${text}`
  if (PATTERN.test(full)) return full
  throw new UsageError(`expected a pattern such as "lab:shop/instance/*" or "lab:shop/**", got "${text}"`)
}
