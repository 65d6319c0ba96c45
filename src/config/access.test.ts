import { expect, test } from 'vitest'
import { messageOf } from '../domain/errors.ts'
import type { Config } from './config.ts'
import { loadConfig } from './load.ts'
import { shownConfig } from './shown.ts'

const SECRET = 'f00dfacef00dfacef00d'
const FILES: Readonly<Record<string, string>> = {
  'tokens/ann': `${SECRET}\n`,
  'tokens/bob': 'b0bb0bb0bb0bb0bb0b\n',
  'tokens/short': 'abc\n',
}

function load(text: string): Config {
  const readFile = (path: string): string => {
    const found = FILES[path]
    if (found === undefined) throw Object.assign(new Error('no'), { code: 'ENOENT' })
    return found
  }
  return loadConfig(`version: 1\n${text}`, { file: 'kintsugi.yaml', env: { TOKEN: 'an-environment-token' }, readFile })
}

function problems(text: string): string {
  try {
    load(text)
    return 'none'
  } catch (error) {
    return messageOf(error)
  }
}

test('tokens come from files or the environment, each with a name, a role, and an end if one is set', () => {
  const { access } = load(`access:
  tokens:
    - { name: ann, role: approver, token: "\${file:tokens/ann}", expires: 2027-01-31 }
    - { name: am, role: sender, token: "\${env:TOKEN}", expires: "2027-01-31T12:00:00+02:00" }
    - { name: bob, role: viewer, token: "\${file:tokens/bob}" }
`)
  expect(access.tokens.map(({ token, ...rest }) => ({ ...rest, token: token.reveal() }))).toEqual([
    { name: 'ann', role: 'approver', token: SECRET, expiresAt: Date.UTC(2027, 0, 31) },
    { name: 'am', role: 'sender', token: 'an-environment-token', expiresAt: Date.UTC(2027, 0, 31, 10) },
    { name: 'bob', role: 'viewer', token: 'b0bb0bb0bb0bb0bb0b' },
  ])
})

test.each([
  [`{ name: a, role: viewer, token: ${SECRET} }`, /token: a token never stands in this file/],
  [`{ name: a, role: viewer, token: "x\${file:tokens/ann}" }`, /never stands in this file/],
  [`{ name: a, role: viewer, token: "\${file:tokens/none}" }`, /tokens\/none cannot be read \(ENOENT\)/],
  [`{ name: a, role: viewer, token: "\${file:tokens/short}" }`, /at least 16 characters/],
  [`{ name: a, role: root, token: "\${file:tokens/ann}" }`, /role: expected "sender", "viewer".* got "root"/],
  [`{ name: a, role: viewer, token: "\${file:tokens/ann}", expires: tomorrow }`, /expires: expected a day/],
  [`{ name: a, role: viewer, token: 7 }`, /never stands in this file/],
])('what is no token is refused with its place, and nothing of it is told: %s', (token, message) => {
  const told = problems(`access: { tokens: [${token}] }\n`)
  expect(told).toMatch(/^kintsugi\.yaml:2:\d+: access\.tokens\[0\]/)
  expect(told).toMatch(message)
  expect(told).not.toContain(SECRET)
  expect(told).not.toContain('abc')
})

test('two cannot share a name or a token', () => {
  const told = problems(`access:
  tokens:
    - { name: ann, role: admin, token: "\${file:tokens/ann}" }
    - { name: ann, role: viewer, token: "\${file:tokens/ann}" }
`)
  expect(told.split('\n')).toEqual([
    expect.stringMatching(/:5:15: access\.tokens\[1\]\.name: "ann" stands twice/),
    expect.stringMatching(/:5:41: access\.tokens\[1\]\.token: is the token of "ann"/),
  ])
})

test('away from the loopback, live needs tokens and shadow does not', () => {
  const wide = 'listen: 0.0.0.0:8420\n'
  const tokens = 'access: { tokens: [{ name: a, role: admin, token: "${file:tokens/ann}" }] }\n'
  expect(problems(`mode: live\n${wide}`)).toMatch(/^kintsugi\.yaml:3:9: listen: .*needs access\.tokens/)
  expect(problems(`mode: live\n${wide}access: { tokens: [] }\n`)).toMatch(/^kintsugi\.yaml:3:9: listen:/)
  expect(problems(`mode: live\n${wide}${tokens}`)).toBe('none')
  expect(problems(wide)).toBe('none')
  expect(problems('mode: live\nlisten: "[::1]:8420"\n')).toBe('none')
})

test('the address for people is kept without a slash at the end', () => {
  expect(load('publicUrl: https://kintsugi.example/ops/\n').publicUrl).toBe('https://kintsugi.example/ops')
  expect(problems('publicUrl: kintsugi.example\n')).toMatch(/:2:12: publicUrl: expected a URL/)
})

test('what people are shown of a configuration holds no secret', () => {
  const config = load(`access: { tokens: [{ name: ann, role: admin, token: "\${file:tokens/ann}" }] }
sources: { prometheus: { url: "http://prom:9090", headers: { X-Scope-OrgID: "very-hidden" }, queries: [{ name: up_share, expr: up, target: "lab:shop/service/web" }] } }
notify: [{ name: chat, type: webhook, url: "http://eve:hunter2@chat", headers: { X-Key: "\${env:TOKEN}" } }]
connectors: { lab: { type: process, dir: ./shims } }
`)
  const { digest, sections } = shownConfig(config)
  const text = JSON.stringify(sections)
  for (const secret of [SECRET, 'hunter2', 'very-hidden', 'an-environment-token']) expect(text).not.toContain(secret)
  expect(digest).toBe(config.digest)
  expect(sections['access']).toBe('tokens:\n  - name: ann\n    role: admin\n    token: "***"\n')
  expect(sections['mode']).toBe('shadow\n')
})
