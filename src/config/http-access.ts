import { createPrivateKey, X509Certificate } from 'node:crypto'
import type { z } from 'zod'
import { UsageError } from '../domain/errors.ts'
import { byName, section, text, url } from './leaves.ts'
import type { Path } from './problems.ts'
import { fromFolderOf, type Scope } from './scope.ts'
import { secretOf, type Secret } from './secret.ts'

/** Where an API is and how one gets in. */
export type HttpAccessSection = {
  url: string
  headers?: Record<string, Secret>
  basicAuth?: { username: Secret; password: Secret }
  bearer?: Secret
  /** Paths of PEM files. */
  tls?: { ca?: string; cert?: string; key?: string }
}

/** Credentials stand in the headers; certificates and key are PEM texts. */
export type HttpAccess = {
  readonly url: string
  readonly headers: Readonly<Record<string, Secret>>
  readonly tls?: { readonly ca?: string; readonly cert?: string; readonly key?: Secret }
}

export type Files = { readonly file: string; readonly readFile: (path: string) => string }

type Keys = { readonly [Key in keyof HttpAccessSection]-?: z.ZodType<NonNullable<HttpAccessSection[Key]>> }

/** The keys of a section that say where and how. */
export function httpAccess(secret: z.ZodType<Secret>): Pick<Keys, 'url'> & {
  readonly [Key in Exclude<keyof Keys, 'url'>]: z.ZodExactOptional<Keys[Key]>
} {
  const file = text('expected a file').exactOptional()
  return {
    url,
    headers: byName(secret, 'expected headers by name').exactOptional(),
    basicAuth: section({ username: secret, password: secret }).exactOptional(),
    bearer: secret.exactOptional(),
    tls: section({ ca: file, cert: file, key: file }).exactOptional(),
  }
}

/** The access that a section at this path describes, with its certificates read. */
export function httpAccessOf(section: HttpAccessSection, path: Path, scope: Scope, files: Files): HttpAccess {
  const refuse = (key: string, message: string): void => void scope.problems.push({ path: [...path, key], message })
  judgeUrl(section.url, refuse)
  const tls = tlsOf(section, path, scope, files)
  return { url: section.url, headers: headersOf(section, refuse), ...(tls && { tls }) }
}

function judgeUrl(text: string, refuse: (key: string, message: string) => void): void {
  const { username, password, search, hash } = new URL(text)
  // Nothing hides a URL afterwards: not in logs, nor in what the API tells.
  if (username || password) refuse('url', 'must hold no credentials: use basicAuth')
  if (search || hash) refuse('url', 'must be where /api is, without a query')
}

function headersOf(
  { headers = {}, basicAuth, bearer }: HttpAccessSection,
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

function tlsOf({ tls, url }: HttpAccessSection, section: Path, scope: Scope, files: Files): HttpAccess['tls'] {
  if (!tls) return undefined
  const path = [...section, 'tls']
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
