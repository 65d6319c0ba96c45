import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { explain } from './explain.mjs'
import { agrees, installedPart, nodeProblem, older, stampOf, whatIsStale } from './stale.mjs'

const fresh = { installWanted: 'a', installStamp: 'a', installed: true, buildWanted: 'b', buildStamp: 'b' }
const both = { installOnly: false }

describe('what is stale', () => {
  test('nothing, when both stamps are as wanted', () => {
    expect(whatIsStale(fresh, both)).toEqual({})
  })

  test('the packages, when another lock was installed, whatever npm says', () => {
    expect(whatIsStale({ ...fresh, installStamp: 'x' }, both)).toEqual({ install: 'package-lock.json changed' })
  })

  test('the packages, when nobody installed them; not when somebody ran npm ci by hand', () => {
    const unstamped = { ...fresh, installStamp: undefined }
    expect(whatIsStale({ ...unstamped, installed: false }, both).install).toMatch(/^first time/)
    expect(whatIsStale(unstamped, both)).toEqual({})
  })

  test('the build, when sources changed; never with --install-only', () => {
    expect(whatIsStale({ ...fresh, buildStamp: 'x' }, both)).toEqual({ build: 'sources changed' })
    expect(whatIsStale({ ...fresh, buildStamp: undefined }, { installOnly: true })).toEqual({})
  })
})

describe('the stamp', () => {
  const file = fc.record({ name: fc.string(), content: fc.string() })
  const files = fc.uniqueArray(file, { selector: ({ name }) => name })

  test('does not depend on the order of the files', () => {
    fc.assert(fc.property(files, (some) => stampOf(some) === stampOf([...some].reverse())))
  })

  test('changes with any name, any content, one file more or less', () => {
    fc.assert(
      fc.property(files, files, (some, others) => {
        const text = (list: typeof some): string =>
          JSON.stringify(list.map((one) => JSON.stringify([one.name, one.content])).sort())
        return (stampOf(some) === stampOf(others)) === (text(some) === text(others))
      }),
    )
    expect(stampOf([{ name: 'a', content: 'bc' }])).not.toBe(stampOf([{ name: 'ab', content: 'c' }]))
  })

  test('of what is installed ignores scripts and sees dependencies', () => {
    const manifest = { dependencies: { zod: '4.6.7' } }
    expect(installedPart({ ...manifest, scripts: { start: 'x' } })).toBe(installedPart(manifest))
    expect(installedPart({ dependencies: { zod: '4.6.8' } })).not.toBe(installedPart(manifest))
  })
})

describe("npm's list of what is installed", () => {
  const lock = {
    packages: { '': {}, 'node_modules/a': { version: '1' }, 'node_modules/b': { version: '2', optional: true } },
  }

  test.each([
    ['all there', { 'node_modules/a': { version: '1' }, 'node_modules/b': { version: '2' } }, true],
    ['an optional one missing', { 'node_modules/a': { version: '1' } }, true],
    ['one missing', { 'node_modules/b': { version: '2' } }, false],
    ['another version', { 'node_modules/a': { version: '9' } }, false],
    ['one too many', { 'node_modules/a': { version: '1' }, 'node_modules/c': { version: '1' } }, false],
  ])('%s', (_, packages, expected) => {
    expect(agrees(lock, { packages })).toBe(expected)
  })
})

describe('the Node', () => {
  const linux = { platform: 'linux-x64', systemNode: '20.20.2', wantedNode: '24.15', pinnedNode: true }

  test('that npm brings is enough, and so is a new one of the system', () => {
    expect(nodeProblem(linux)).toBeUndefined()
    expect(
      nodeProblem({ ...linux, platform: 'darwin-arm64', pinnedNode: false, systemNode: '24.15.0' }),
    ).toBeUndefined()
  })

  test('is missing on another platform: one sentence says what to install', () => {
    const sentence = nodeProblem({ ...linux, platform: 'darwin-arm64', pinnedNode: false })
    expect(sentence).toBe(
      'Kintsugi runs on Node 24.15 or newer; npm brings it on linux-x64 only, and this is darwin-arm64, and this Node is 20.20.2: install Node 24.15 or newer from https://nodejs.org and run it again.',
    )
  })

  test('does not help on Windows', () => {
    expect(nodeProblem({ ...linux, platform: 'win32-x64', systemNode: '26.0.0' })).toMatch(/Windows/)
  })

  test.each([
    ['20.20.2', '24.15', true],
    ['24.9.0', '24.15', true],
    ['24.15.0', '24.15', false],
    ['26.0.0', '24.15', false],
  ])('%s older than %s: %s', (version, least, expected) => {
    expect(older(version, least)).toBe(expected)
  })
})

test.each([
  ['npm error code ENOSPC', 'the disk is full'],
  ["EROFS: read-only file system, mkdir '/src/.kintsugi'", '/src cannot be written'],
  ['npm error code ECONNREFUSED', 'the npm registry cannot be reached (ECONNREFUSED)'],
  ['npm error code SELF_SIGNED_CERT_IN_CHAIN', 'the npm registry cannot be reached (SELF_SIGNED_CERT_IN_CHAIN)'],
  ['npm error code EUSAGE', 'do not agree'],
  ['npm: spawnSync npm ENOENT', 'npm was not found'],
  ['warning\nnpm error something new\n', 'npm error something new'],
  ['', 'no reason was given'],
])('explains %j', (said, part) => {
  const sentence = explain('it failed', said, '/src')
  expect(sentence).toContain(`it failed: `)
  expect(sentence).toContain(part)
  expect(sentence).not.toContain('\n')
})
