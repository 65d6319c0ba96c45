import { readdirSync, readFileSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import type { Config } from '../config/config.ts'
import { loadConfig } from '../config/load.ts'
import { CATALOGUE } from './config.ts'

const EXAMPLES = resolve(import.meta.dirname, '../../examples')
const CONFIGMAP = 'configmap-policies.yaml'

/** Tokens are made by whoever follows the example: each is something else here. */
const readFile = (path: string): string =>
  basename(path).startsWith('token-') ? `${path}-0123456789abcdef` : readFileSync(path, 'utf8')
const load = (file: string, text: string): Config =>
  loadConfig(text, { file: join(EXAMPLES, file), env: {}, readFile, catalogue: CATALOGUE })

/** A file that does nothing but name the example of a policy file. */
const withPolicyFile = (connectors: string): Config =>
  load('kintsugi.yaml', `version: 1\nconnectors: ${connectors}\npolicyFiles: [${CONFIGMAP}]\n`)

test.each(readdirSync(EXAMPLES).filter((file) => file.endsWith('.yaml') && file !== CONFIGMAP))(
  '%s is a good configuration',
  (file) => {
    const { policies, mode } = load(file, readFileSync(join(EXAMPLES, file), 'utf8'))
    expect(policies.length).toBeGreaterThan(0)
    expect(mode).toBe('shadow')
  },
)

test('the ConfigMap is a good policy file, and its remedies take what it sets', () => {
  const { policies } = withPolicyFile('{ k8s: { type: process, dir: run } }')
  expect(policies.map(({ ladder, settings }) => [ladder[0], settings])).toEqual([
    ['scale-up', { 'scale-up': expect.objectContaining({ factor: 2, max: 10 }) }],
    ['restart-instance', undefined],
    ['restart-instance', undefined],
    ['rate-limit', { 'rate-limit': expect.objectContaining({ rps: 1000 }) }],
  ])
})
