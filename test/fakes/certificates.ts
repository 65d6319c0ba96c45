import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** PEM texts of an authority, and of a server on 127.0.0.1 and a client that it vouches for. */
export type Certificates = { readonly ca: string; readonly server: Pair; readonly client: Pair }
type Pair = { readonly cert: string; readonly key: string }

/** Makes certificates for two days; undefined, and said aloud, where there is no `openssl` on the PATH. */
export function makeCertificates(): Certificates | undefined {
  const dir = mkdtempSync(join(tmpdir(), 'certificates-'))
  const openssl = (...args: string[]): void => void execFileSync('openssl', args, { cwd: dir, stdio: 'pipe' })
  const request = (name: string): string[] =>
    `req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout ${name}.key -subj /CN=${name}`.split(' ')
  const read = (name: string): string => readFileSync(join(dir, name), 'utf8')
  const signed = (name: string): Pair => {
    openssl(...request(name), '-out', `${name}.csr`)
    openssl(
      ...`x509 -req -in ${name}.csr -CA ca.pem -CAkey ca.key -set_serial 2 -days 2`.split(' '),
      '-extfile',
      'ext',
      '-out',
      `${name}.pem`,
    )
    return { cert: read(`${name}.pem`), key: read(`${name}.key`) }
  }
  try {
    writeFileSync(join(dir, 'ext'), 'subjectAltName=IP:127.0.0.1\n')
    openssl(...request('ca'), '-x509', '-days', '2', '-out', 'ca.pem')
    return { ca: read('ca.pem'), server: signed('server'), client: signed('client') }
  } catch (thrown) {
    if (!(thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT')) throw thrown
    console.warn('SKIPPED: everything about TLS, since there is no openssl on the PATH')
    return undefined
  } finally {
    rmSync(dir, { recursive: true })
  }
}
