import { createPrivateKey, X509Certificate } from 'node:crypto'
import { UsageError } from '../domain/errors.ts'
import type { PrometheusConfig } from './config.ts'
import type { Path } from './problems.ts'
import type { PrometheusSection } from './schema.ts'
import { fromFolderOf, unique, type Scope } from './scope.ts'
import { secretOf, type Secret } from './secret.ts'
import { readTemplate } from './targets.ts'

const PATH: Path = ['sources', 'prometheus']
const STALE_STEPS = 3

type Files = { readonly file: string; readonly readFile: (path: string) => string }

/**
 * The Prometheus to ask, with its credentials as headers and its certificates read. `asked` is what policies ask it beside
 * its own queries.
 */
export function prometheusOf(
  section: PrometheusSection,
  asked: PrometheusConfig['queries'],
  scope: Scope,
  files: Files,
): PrometheusConfig {
  const { defaults, problems } = scope
  const stepMs = section.step ?? defaults.intervalMs
  const timeoutMs = section.timeout ?? Math.min(defaults.timeoutMs, stepMs)
  const staleAfterMs = section.staleAfter ?? Math.max(defaults.staleAfterMs, STALE_STEPS * stepMs)
  const refuse = (key: string, message: string): void => void problems.push({ path: [...PATH, key], message })
  if (timeoutMs > stepMs) refuse('timeout', 'must not be longer than the step')
  if (staleAfterMs <= stepMs) refuse('staleAfter', 'must be longer than the step')
  judgeUrl(section.url, refuse)
  const queries = section.queries ?? []
  unique([...PATH, 'queries'], queries, scope)
  if (queries.length + asked.length === 0) {
    const message = 'is asked nothing: give it queries, or a policy a condition { promql: ... }'
    problems.push({ path: PATH, message })
  }
  const tls = tlsOf(section, scope, files)
  const targetAt = (i: number, text: string): string =>
    scope.attempt([...PATH, 'queries', i, 'target'], () => readTemplate(text, scope)) ?? text
  return {
    url: section.url,
    headers: headersOf(section, refuse),
    ...(tls && { tls }),
    stepMs,
    timeoutMs,
    staleAfterMs,
    queries: [...queries.map((query, i) => ({ ...query, target: targetAt(i, query.target) })), ...asked],
  }
}

function judgeUrl(text: string, refuse: (key: string, message: string) => void): void {
  const { username, password, search, hash } = new URL(text)
  // Nothing hides a URL afterwards: not in logs, nor in what the API tells.
  if (username || password) refuse('url', 'must hold no credentials: use basicAuth')
  if (search || hash) refuse('url', 'must be where /api/v1 is, without a query')
}

function headersOf(
  { headers = {}, basicAuth, bearer }: PrometheusSection,
  refuse: (key: string, message: string) => void,
): Record<string, Secret> {
  const own = Object.keys(headers).some((name) => name.toLowerCase() === 'authorization')
  if ([own, basicAuth, bearer].filter(Boolean).length > 1) {
    refuse(basicAuth ? 'basicAuth' : 'bearer', 'needs at most one of basicAuth, bearer and a header Authorization')
  }
  if (basicAuth) return { ...headers, Authorization: basicOf(basicAuth, refuse) }
  return bearer ? { ...headers, Authorization: secretOf(`Bearer ${bearer.reveal()}`) } : headers
}

function basicOf(
  { username, password }: { readonly username: Secret; readonly password: Secret },
  refuse: (key: string, message: string) => void,
): Secret {
  const user = username.reveal()
  if (user.includes(':')) refuse('basicAuth', 'must have a username without ":"')
  return secretOf(`Basic ${Buffer.from(`${user}:${password.reveal()}`).toString('base64')}`)
}

function tlsOf({ tls, url }: PrometheusSection, scope: Scope, files: Files): PrometheusConfig['tls'] {
  if (!tls) return undefined
  const path = [...PATH, 'tls']
  if (new URL(url).protocol !== 'https:')
    scope.problems.push({ path, message: 'needs a url that begins with https://' })
  if ((tls.cert === undefined) !== (tls.key === undefined)) {
    scope.problems.push({ path, message: 'needs both of cert and key, or neither' })
  }
  const pemOf = (key: 'ca' | 'cert' | 'key', judge: (pem: string) => unknown): string | undefined => {
    const named = tls[key]
    return named === undefined ? undefined : scope.attempt([...path, key], () => readPem(named, judge, files))
  }
  const ca = pemOf('ca', (pem) => new X509Certificate(pem))
  const cert = pemOf('cert', (pem) => new X509Certificate(pem))
  const key = pemOf('key', createPrivateKey)
  if (cert !== undefined && key !== undefined && !new X509Certificate(cert).checkPrivateKey(createPrivateKey(key))) {
    scope.problems.push({ path: [...path, 'key'], message: 'is not the key of the certificate in cert' })
  }
  return {
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key: secretOf(key) }),
  }
}

/** Throws {@link UsageError}, which names the file and nothing of what is in it. */
function readPem(path: string, judge: (pem: string) => unknown, { file, readFile }: Files): string {
  let pem: string
  try {
    pem = readFile(fromFolderOf(file, path))
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : ''
    throw new UsageError(`the file ${path} cannot be read${code}`)
  }
  try {
    judge(pem)
    return pem
  } catch {
    throw new UsageError(`the file ${path} holds no PEM of this kind that can be read; keys must not be encrypted`)
  }
}
