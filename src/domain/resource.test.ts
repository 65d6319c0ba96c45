import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { UsageError } from './errors.ts'
import { covers, isRef, parseRef, partsOf, refOf, type ResourceRef } from './resource.ts'

const part = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,10}$/)
const parts = fc.record({ connector: part, namespace: part, kind: part, name: part })
const ref = parts.map(refOf)

/** What somebody types who means no good, or means nothing. */
const HOSTILE = [
  '',
  ' ',
  '/',
  '//',
  ':',
  ':/',
  '*',
  '**',
  '.',
  '..',
  'a',
  'a:b',
  'a:b/c',
  'a:b/c/d/e',
  'a:/b/c',
  ':a/b/c',
  '../../etc/passwd',
  'a:../b/c',
  'a:b/../c',
  'a:b/c/..',
  'a:b/c/-rf',
  'a:b/c/d e',
  'a:b/c/d\n',
  '\na:b/c/d',
  'a:b/c/*',
  '*:*/*/*',
  'a:b/c/${x}',
  'a:b/c/$(x)',
  'a:b/c/é',
  'a:b/c/d\u0000',
  'a:b/c/d?x=1',
  'a:b/c/d#',
  ' a:b/c/d',
]

describe('a full name', () => {
  test('comes apart and together again', () => {
    fc.assert(
      fc.property(parts, (given) => {
        expect(partsOf(refOf(given))).toEqual(given)
      }),
    )
  })

  test('has exactly four parts, each of which is only a name', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        if (isRef(text)) expect(text.split(/[:/]/)).toHaveLength(4)
        if (isRef(text)) expect(refOf(partsOf(text))).toBe(text)
      }),
    )
  })

  test.each(HOSTILE)('%j is none', (text) => {
    expect(isRef(text)).toBe(false)
    expect(() => partsOf(text as ResourceRef)).toThrow(UsageError)
  })

  test('no part can smuggle in another', () => {
    const hostile = fc.constantFrom(...HOSTILE, 'a/b', 'a:b').filter((text) => !/^[A-Za-z0-9]+$/.test(text))
    fc.assert(
      fc.property(parts, hostile, fc.constantFrom('connector', 'namespace', 'kind', 'name'), (given, text, which) => {
        expect(() => refOf({ ...given, [which]: text })).toThrow(UsageError)
      }),
    )
  })
})

describe('a name as people write it', () => {
  test('in full means itself, whatever is configured', () => {
    fc.assert(
      fc.property(ref, fc.array(part), (full, connectors) => {
        expect(parseRef(full, connectors)).toBe(full)
      }),
    )
  })

  test('in short means the only connector', () => {
    expect(parseRef('shop/deployment/frontend', ['k8s'])).toBe('k8s:shop/deployment/frontend')
    expect(parseRef('deployment/frontend', ['k8s'])).toBe('k8s:default/deployment/frontend')
  })

  test.each([[[]], [['a', 'b']]])('in short is refused with the connectors %j, which it names', (connectors) => {
    expect(() => parseRef('deployment/frontend', connectors)).toThrow(`${connectors.length} are configured`)
  })

  test.each(HOSTILE)('%j is refused', (text) => {
    expect(() => parseRef(text, ['k8s'])).toThrow(UsageError)
  })

  test('whatever is typed, it is one full name or a UsageError', () => {
    const typed = fc.oneof(fc.string(), fc.stringMatching(/^[a-z:/.*]{0,20}$/))
    fc.assert(
      fc.property(typed, (text) => {
        try {
          expect(isRef(parseRef(text, ['k8s']))).toBe(true)
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(UsageError)
        }
      }),
    )
  })
})

describe('a pattern', () => {
  const WEB_1: ResourceRef = 'lab:shop/instance/web-1'

  test.each([
    WEB_1,
    'lab:shop/instance/*',
    'lab:shop/instance/web-*',
    'lab:*/instance/web-1',
    '*:*/*/*',
    'lab:**',
    '**',
    'lab:shop/**/web-1',
  ])('%s covers web-1', (pattern) => {
    expect(covers(pattern, WEB_1)).toBe(true)
  })

  test.each([
    '',
    ' ',
    '*',
    '*/*',
    'lab:shop/*',
    'lab:shop/instance',
    'lab:shop/instance/web',
    'lab:shop/instance/WEB-1',
  ])("'%s' does not", (pattern) => {
    expect(covers(pattern, WEB_1)).toBe(false)
  })

  test.each([
    'lab:shop/instance/web.1',
    'lab:shop/instance/web?1',
    'lab:shop/instance/web[-]1',
    'lab|shop',
    '(lab):shop/instance/web-1',
    '^lab:shop/instance/web-1$',
  ])('%s is text, not a regular expression', (pattern) => {
    expect(covers(pattern, WEB_1)).toBe(false)
  })

  test('without a star covers its own name and no other', () => {
    fc.assert(
      fc.property(ref, ref, (a, b) => {
        expect(covers(a, a)).toBe(true)
        expect(covers(a, b)).toBe(a === b)
      }),
    )
  })

  test('with one star stays inside one part', () => {
    fc.assert(
      fc.property(ref, ref, (a, b) => {
        const { connector, namespace, kind } = partsOf(a)
        const others = partsOf(b)
        const sameFolder = others.connector === connector && others.namespace === namespace && others.kind === kind
        expect(covers(`${connector}:${namespace}/${kind}/*`, b)).toBe(sameFolder)
      }),
    )
  })

  test('whatever is written as one, it never throws', () => {
    fc.assert(fc.property(fc.string(), ref, (pattern, target) => typeof covers(pattern, target) === 'boolean'))
  })
})
