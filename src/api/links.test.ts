import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { TerminalError } from '../domain/errors.ts'
import { linkKey, linksOf, type SignedLink } from './links.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'links-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

function partsOf(link: string): SignedLink {
  const { pathname, searchParams } = new URL(link)
  return {
    id: decodeURIComponent(pathname.split('/').at(-1) ?? ''),
    until: Number(searchParams.get('until')),
    sig: searchParams.get('sig') ?? '',
  }
}

test('a link leads to the page of its proposal, and is genuine until the proposal expires', () => {
  const links = linksOf(linkKey(folder), () => 'https://kintsugi.example/ops')
  const link = links.linkTo({ id: 'prop-1/é', expiresAt: 5000 }) ?? ''
  expect(link).toMatch(/^https:\/\/kintsugi\.example\/ops\/proposals\/prop-1%2F%C3%A9\?until=5000&sig=[\w-]{43}$/)
  expect(links.check(partsOf(link), 4999)).toBe('genuine')
  expect(links.check(partsOf(link), 5000)).toBe('expired')
})

test('whatever is changed in it makes it forged, and so does another key', () => {
  const links = linksOf(linkKey(folder), () => 'https://k')
  fc.assert(
    fc.property(fc.string(), fc.nat(), fc.string(), (id, until, sig) => {
      const link = partsOf(links.linkTo({ id: 'p', expiresAt: 5000 }) ?? '')
      const changed = [
        { ...link, id: `p${id}x` },
        { ...link, until: 5001 + until },
        { ...link, sig },
        { ...link, sig: '' },
      ]
      for (const one of changed) expect(links.check(one, 0)).toBe('forged')
    }),
  )
  const other = linksOf(Buffer.alloc(32), () => 'https://k')
  expect(other.check(partsOf(links.linkTo({ id: 'p', expiresAt: 5000 }) ?? ''), 0)).toBe('forged')
})

test('there is none where nobody said where people reach this server', () => {
  expect(linksOf(linkKey(folder), () => undefined).linkTo({ id: 'p', expiresAt: 1 })).toBeUndefined()
})

test('the key is made once, for its owner only, and a broken one is named', () => {
  const key = linkKey(folder)
  const file = join(folder, 'link.key')
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect(linkKey(folder)).toEqual(key)
  expect(readFileSync(file)).toEqual(key)
  writeFileSync(file, 'short')
  expect(() => linkKey(folder)).toThrow(TerminalError)
  expect(() => linkKey(folder)).toThrow(/link\.key: it has 5 bytes/)
})
