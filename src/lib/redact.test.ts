import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isTelling, redactorOf } from './redact.ts'

const SECRET = 'correct horse battery'
const { text, value } = redactorOf(() => [SECRET, 'ab'])

test.each([
  [`fetch failed: ${SECRET} was refused`, 'fetch failed: *** was refused'],
  ['cannot reach https://ann:pw@db:5432/x', 'cannot reach https://***@db:5432/x'],
  ['authorization: Bearer abcdefghij0123456789', 'authorization: Bearer ***'],
  ['got eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhbm4ifQ.c2ln', 'got ***'],
  ['GET /x?api_key=abc123&n=1', 'GET /x?api_key=***&n=1'],
  ['DB_PASSWORD=hunter2 node app', 'DB_PASSWORD=*** node app'],
  [`curl -d '{"values":{"DB_PASSWORD":"hunter2"}}'`, `curl -d '{"values":{"DB_PASSWORD":"***"}}'`],
  [
    'a token is needed: send it as Authorization: Bearer TOKEN',
    'a token is needed: send it as Authorization: Bearer TOKEN',
  ],
  ['nothing to hide: ab, tokens, keys', 'nothing to hide: ab, tokens, keys'],
])('%s', (given, shown) => {
  expect(text(given)).toBe(shown)
})

test.each([
  'DB_PASSWORD',
  'password',
  'client-secret',
  'apiKey',
  'API_KEY',
  'TLS_KEY',
  'authToken',
  'SECRET_KEY_BASE',
  'db.password.main',
  'signing_key',
])('%s tells', (name) => expect(isTelling(name)).toBe(true))
test.each(['max_tokens', 'monkey', 'keys', 'tokens', 'replicas', 'keyboard', 'rateLimitRps', 'secretary'])(
  '%s tells nothing',
  (name) => expect(isTelling(name)).toBe(false),
)

describe('a document', () => {
  test('keeps its shape, and nothing under a telling name', () => {
    const shown = value({
      values: { DB_PASSWORD: 'x', PIN_TOKEN: 1234, max_tokens: 5, note: `is ${SECRET}` },
      secrets: ['a'],
    })
    expect(shown).toEqual({
      values: { DB_PASSWORD: '***', PIN_TOKEN: '***', max_tokens: 5, note: 'is ***' },
      secrets: ['a'],
    })
    expect(value([{ name: 'API_KEY', from: 'old', to: null }])).toEqual([{ name: 'API_KEY', from: '***', to: null }])
  })

  test('in which nothing is hidden is the same one', () => {
    const plain = { a: [1, { b: 'text' }], c: null, d: new Date(0) }
    expect(value(plain)).toBe(plain)
  })

  test('holds a configured secret nowhere, however deep', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 4 }), fc.array(fc.string(), { maxLength: 5 }), (json, path) => {
        let planted: unknown = { [SECRET]: 1, said: `x${SECRET}y`, of: JSON.parse(json) as unknown }
        for (const name of path) planted = { [name]: planted, list: [planted] }
        const { [SECRET]: _, ...rest } = { ...(value(planted) as object) } as Record<string, unknown>
        expect(JSON.stringify(Object.values(rest)).includes(`x${SECRET}y`)).toBe(false)
      }),
    )
  })
})
