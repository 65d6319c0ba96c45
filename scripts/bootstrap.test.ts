import { spawn, spawnSync } from 'node:child_process'
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { look } from './lib/look.mjs'

const ROOT = dirname(import.meta.dirname)
const made: string[] = []
afterEach(() => made.splice(0).forEach((dir) => rmSync(dir, { recursive: true, force: true })))

/** A tiny checkout with two sources, whose packages npm "installed" before: the compiler alone, linked to the real one. */
function checkout(): string {
  const root = mkdtempSync(join(tmpdir(), 'kintsugi-bootstrap-'))
  made.push(root)
  const write = (name: string, text: string): void => {
    mkdirSync(dirname(join(root, name)), { recursive: true })
    writeFileSync(join(root, name), text)
  }
  cpSync(join(ROOT, 'scripts'), join(root, 'scripts'), { recursive: true })
  for (const name of ['tsconfig.json', 'tsconfig.build.json']) copyFileSync(join(ROOT, name), join(root, name))
  write('package.json', JSON.stringify({ type: 'module', engines: { node: '>=24.15' } }))
  write('package-lock.json', JSON.stringify({ packages: { '': {} } }))
  write('node_modules/.package-lock.json', JSON.stringify({ packages: {} }))
  for (const name of ['typescript', '@typescript', '@types', 'undici-types']) {
    symlinkSync(join(ROOT, 'node_modules', name), join(root, 'node_modules', name))
  }
  write('src/main.ts', "import { word } from './word.ts'\nconsole.log(word)\n")
  write('src/word.ts', "export const word: string = 'gold'\n")
  write('src/page.html', '<p>gold</p>\n')
  return root
}

type Ran = { readonly code: number | null; readonly said: string }

function bootstrap(root: string, env: NodeJS.ProcessEnv = {}, args: readonly string[] = []): Ran {
  const { npm_execpath: _, ...inherited } = process.env
  const options = { encoding: 'utf8', env: { ...inherited, ...env } } as const
  const done = spawnSync(process.execPath, [join(root, 'scripts/bootstrap.mjs'), ...args], options)
  return { code: done.status, said: done.stderr }
}

/** A folder whose `npm` says this and fails, or does this. */
function npmThat(script: string): NodeJS.ProcessEnv {
  const bin = mkdtempSync(join(tmpdir(), 'kintsugi-npm-'))
  made.push(bin)
  writeFileSync(join(bin, 'npm'), `#!/bin/sh\n${script}\n`, { mode: 0o755 })
  return { PATH: `${bin}:${process.env['PATH']}` }
}

test('builds once with one line, then says nothing until a source changes', () => {
  const root = checkout()
  expect(bootstrap(root)).toEqual({
    code: 0,
    said: expect.stringMatching(/^kintsugi: building \(first time\) \.\.\. \d+\.\d s\n$/),
  })
  expect(existsSync(join(root, 'dist/src/main.js'))).toBe(true)
  expect(readFileSync(join(root, 'dist/src/page.html'), 'utf8')).toBe('<p>gold</p>\n')

  expect(bootstrap(root)).toEqual({ code: 0, said: '' })

  writeFileSync(join(root, 'src/word.ts'), "export const word: string = 'lacquer'\n")
  expect(bootstrap(root).said).toContain('building (sources changed)')
  expect(readFileSync(join(root, 'dist/src/word.js'), 'utf8')).toContain('lacquer')
})

test('a deleted source leaves no output behind', () => {
  const root = checkout()
  bootstrap(root)
  writeFileSync(join(root, 'src/main.ts'), 'console.log(1)\n')
  rmSync(join(root, 'src/word.ts'))
  expect(bootstrap(root).code).toBe(0)
  expect(existsSync(join(root, 'dist/src/word.js'))).toBe(false)
})

test('a build that fails is one sentence, exit code 1, and leaves the last good build', () => {
  const root = checkout()
  bootstrap(root)
  writeFileSync(join(root, 'src/word.ts'), 'export const word: string = 7\n')
  const { code, said } = bootstrap(root)
  expect(code).toBe(1)
  expect(said).toMatch(/kintsugi: the build failed: src\/word\.ts\(1,14\): error TS2322: .*\n$/)
  expect(readFileSync(join(root, 'dist/src/word.js'), 'utf8')).toContain('gold')
})

test('two at once build once: the second waits, and then finds nothing to do', async () => {
  const root = checkout()
  const start = (): Promise<string> =>
    new Promise((resolve) => {
      const child = spawn(process.execPath, [join(root, 'scripts/bootstrap.mjs')], {
        stdio: ['ignore', 'ignore', 'pipe'],
      })
      let said = ''
      child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
      child.on('close', (code) => resolve(`${said}exit ${code}`))
    })
  const both = (await Promise.all([start(), start(), start()])).join('\n')
  expect(both.match(/building/g)).toHaveLength(1)
  expect(both.match(/exit 0/g)).toHaveLength(3)
})

test('the lock of a set-up that was killed holds nobody up', () => {
  const root = checkout()
  mkdirSync(join(root, '.kintsugi'))
  const dead = spawnSync(process.execPath, ['-e', '0']).pid
  writeFileSync(join(root, '.kintsugi/bootstrap.lock'), String(dead))
  expect(bootstrap(root).code).toBe(0)
  expect(existsSync(join(root, '.kintsugi/bootstrap.lock'))).toBe(false)
})

test('changed dependencies are installed with npm ci, and its failure is one sentence that says what to do', () => {
  const root = checkout()
  writeFileSync(join(root, 'node_modules/.kintsugi-installed'), 'another')
  const offline = npmThat('echo "npm error code EAI_AGAIN" >&2; echo "npm error request failed" >&2; exit 1')
  const { code, said } = bootstrap(root, offline)
  expect(code).toBe(1)
  expect(said).toMatch(/installing packages \(package-lock\.json changed\)/)
  expect(said).toMatch(
    /\nkintsugi: the packages cannot be installed: the npm registry cannot be reached \(EAI_AGAIN\): .*\n$/,
  )

  const asked = npmThat(`echo "$@" > '${root}/asked'`)
  expect(bootstrap(root, asked, ['--install-only']).code).toBe(0)
  expect(readFileSync(join(root, 'asked'), 'utf8')).toMatch(/^ci --include=dev --include=optional /)
  expect(existsSync(join(root, 'dist'))).toBe(false)
  const { installStamp, installWanted } = look(root)
  expect(installStamp).toBe(installWanted)
})

test('without npm it says so', () => {
  const root = checkout()
  writeFileSync(join(root, 'node_modules/.kintsugi-installed'), 'another')
  const empty = mkdtempSync(join(tmpdir(), 'kintsugi-npm-'))
  made.push(empty)
  expect(bootstrap(root, { PATH: empty })).toEqual({
    code: 1,
    said: expect.stringContaining('npm was not found: install Node 20'),
  })
})

test('a Node that is too old, where npm brings no other, is refused', () => {
  const root = checkout()
  writeFileSync(join(root, 'package.json'), JSON.stringify({ type: 'module', engines: { node: '>=99.1' } }))
  const { code, said } = bootstrap(root)
  expect(code).toBe(1)
  expect(said).toContain('Kintsugi runs on Node 99.1 or newer')
})
