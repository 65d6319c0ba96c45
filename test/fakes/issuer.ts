import { createHash } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair, type JWK, type JWTHeaderParameters, type JWTPayload, SignJWT } from 'jose'

type Pair = {
  readonly kid: string
  readonly alg: string
  readonly privateKey: Awaited<ReturnType<typeof generateKeyPair>>['privateKey']
  readonly jwk: JWK
}

/** A provider of identities on the loopback, which signs real tokens. */
export type Issuer = {
  readonly url: string
  /** How often its keys were asked for. */
  readonly asked: () => number
  /** Good for an hour and for `kintsugi`, but for what is said otherwise. */
  sign(claims: JWTPayload, header?: Partial<JWTHeaderParameters>): Promise<string>
  /** Signs with a new key from now on; the old one is no longer published. */
  rotate(alg?: 'RS256' | 'ES256'): Promise<void>
  /** The public key that is published. */
  readonly key: () => JWK
  /** Stops, or goes on, answering. */
  silence(isSilent: boolean): void
  /** Whom the next sign-in is of. */
  signInAs(claims: JWTPayload): void
  /** Changes what a token of the next sign-in says. */
  readonly spoil: { nonce?: string; audience?: string }
  /** What came to the token endpoint. */
  readonly changed: URLSearchParams[]
  close(): Promise<void>
}

export async function startIssuer(now: () => number = Date.now): Promise<Issuer> {
  let pair = await newPair('key-1', 'RS256')
  let [asked, isSilent, made] = [0, false, 1]
  let person: JWTPayload = { sub: 'nobody' }
  const codes = new Map<string, URLSearchParams>()
  const changed: URLSearchParams[] = []
  const spoil: Issuer['spoil'] = {}
  let url = ''
  const sign: Issuer['sign'] = async (claims, header) => {
    const iat = Math.floor(now() / 1000)
    const all = { iss: url, aud: 'kintsugi', iat, exp: iat + 3600, ...claims }
    return new SignJWT(all).setProtectedHeader({ alg: pair.alg, kid: pair.kid, ...header }).sign(pair.privateKey)
  }
  const server: Server = createServer((request, response) => {
    void (async () => {
      if (isSilent) return request.socket.destroy()
      const at = new URL(request.url ?? '/', url)
      const send = (body: unknown, status = 200): unknown =>
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
      if (at.pathname === '/.well-known/openid-configuration') {
        const paths = { authorization_endpoint: `${url}/authorize`, token_endpoint: `${url}/token` }
        return send({ issuer: url, ...paths, jwks_uri: `${url}/keys` })
      }
      if (at.pathname === '/keys') {
        asked++
        return send({ keys: [pair.jwk] })
      }
      if (at.pathname === '/authorize') {
        const code = `code-${codes.size}`
        codes.set(code, at.searchParams)
        const back = new URL(at.searchParams.get('redirect_uri') ?? '')
        back.search = new URLSearchParams({ code, state: at.searchParams.get('state') ?? '' }).toString()
        return response.writeHead(302, { location: back.href }).end()
      }
      const body = new URLSearchParams(await textOf(request))
      changed.push(body)
      const begun = codes.get(body.get('code') ?? '')
      codes.delete(body.get('code') ?? '')
      const challenge = createHash('sha256')
        .update(body.get('code_verifier') ?? '')
        .digest('base64url')
      if (!begun || begun.get('code_challenge') !== challenge) return send({ error: 'invalid_grant' }, 400)
      const nonce = spoil.nonce ?? begun.get('nonce') ?? ''
      const aud = spoil.audience ?? 'kintsugi'
      return send({ token_type: 'Bearer', access_token: 'unused', id_token: await sign({ ...person, nonce, aud }) })
    })()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url,
    asked: () => asked,
    sign,
    key: () => pair.jwk,
    rotate: async (alg = 'RS256') => {
      pair = await newPair(`key-${++made}`, alg)
    },
    silence: (silent) => {
      isSilent = silent
    },
    signInAs: (claims) => {
      person = claims
    },
    spoil,
    changed,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function newPair(kid: string, alg: string): Promise<Pair> {
  const { privateKey, publicKey } = await generateKeyPair(alg)
  return { kid, alg, privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' } }
}

async function textOf(request: AsyncIterable<unknown>): Promise<string> {
  let text = ''
  for await (const piece of request) text += String(piece)
  return text
}
