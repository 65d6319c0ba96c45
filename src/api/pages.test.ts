import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { startedApi, tokenFor, type StartedApi } from '../../test/fixtures/api.ts'

let api: StartedApi
let web: string
beforeEach(async () => {
  web = join(mkdtempSync(join(tmpdir(), 'web-')), 'web')
  const tokens = [tokenFor('viewer')]
  api = await startedApi({ web, access: () => ({ access: { tokens } }) })
})
afterEach(async () => {
  await api.close()
  rmSync(join(web, '..'), { recursive: true })
})

function build(index: string): void {
  mkdirSync(join(web, 'assets'), { recursive: true })
  writeFileSync(join(web, 'index.html'), index)
  writeFileSync(join(web, 'assets', 'main-abc123.js'), 'export {}')
  writeFileSync(join(web, '..', 'secret.txt'), 'not to be seen')
}
const get = (path: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(api.base + path, { headers })
const browser = { accept: 'text/html,application/xhtml+xml' }

test('where the console was not built, a plain page says how', async () => {
  const answer = await get('/', browser)
  expect([answer.status, answer.headers.get('content-type')]).toEqual([404, 'text/plain; charset=utf-8'])
  expect(await answer.text()).toContain('npm run build')
  build('<p>built meanwhile')
  expect(await (await get('/', browser)).text()).toBe('<p>built meanwhile')
})

test('every path that a browser asks for is a page of the console, without a token', async () => {
  build('<p>the console')
  for (const path of ['/', '/index.html', '/incidents/inc-1', '/proposals/p-1?until=1&sig=x', '/targets/lab%3Ashop']) {
    const answer = await get(path, browser)
    expect([answer.status, await answer.text()], path).toEqual([200, '<p>the console'])
    expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(answer.headers.get('cache-control')).toBe('no-cache')
    const policy = answer.headers.get('content-security-policy') ?? ''
    expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'")
    expect(policy).not.toMatch(/unsafe|\*/)
  }
  for (const path of ['/api/v1/nowhere', '/api/nowhere']) {
    const answer = await get(path, browser)
    expect([answer.status, answer.headers.get('content-type')]).toEqual([
      404,
      'application/problem+json; charset=utf-8',
    ])
  }
  expect((await get('/incidents/inc-1', { accept: 'application/json' })).status).toBe(404)
})

test('assets are kept for ever, the page is asked for again', async () => {
  build('<p>one')
  const asset = await get('/assets/main-abc123.js')
  expect([asset.headers.get('content-type'), asset.headers.get('cache-control')]).toEqual([
    'text/javascript; charset=utf-8',
    'public, max-age=31536000, immutable',
  ])
  expect(await asset.text()).toBe('export {}')
  const etag = (await get('/')).headers.get('etag') ?? ''
  expect((await get('/', { 'if-none-match': etag })).status).toBe(304)
  build('<p>another')
  utimesSync(join(web, 'index.html'), 1, 1)
  const again = await get('/', { 'if-none-match': etag })
  expect([again.status, await again.text()]).toEqual([200, '<p>another'])
})

test('nothing beside the folder is served, however it is asked for', async () => {
  build('<p>the console')
  const paths = [
    '/../secret.txt',
    '/%2e%2e/secret.txt',
    '/..%2fsecret.txt',
    '/assets/../../secret.txt',
    '//secret.txt',
    '/assets',
  ]
  for (const path of [...paths, '/.%00/secret.txt', '/%5c..%5csecret.txt', '/assets/%2e%2e/%2e%2e/secret.txt']) {
    const { status, text } = await raw(path)
    expect([400, 404], path).toContain(status)
    expect(text, path).not.toContain('not to be seen')
  }
})

/** `fetch` would tidy the path up. */
function raw(path: string): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const call = request({ host: '127.0.0.1', port: new URL(api.base).port, path }, (answer) => {
      let text = ''
      answer.setEncoding('utf8').on('data', (piece: string) => (text += piece))
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }))
    })
    call.on('error', reject)
    call.end()
  })
}
