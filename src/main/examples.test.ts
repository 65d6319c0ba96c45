import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import type { Config } from '../config/config.ts'
import { loadConfig } from '../config/load.ts'
import { CATALOGUE, readConfig } from './config.ts'

const EXAMPLES = resolve(import.meta.dirname, '../../examples')
const CONFIGMAP = 'configmap-policies.yaml'

/** A file that does nothing but name the example of a policy file. */
function withPolicyFile(connectors: string): Config {
  const text = `version: 1\nconnectors: ${connectors}\npolicyFiles: [${CONFIGMAP}]\n`
  const readFile = (path: string): string => readFileSync(path, 'utf8')
  return loadConfig(text, { file: join(EXAMPLES, 'kintsugi.yaml'), env: {}, readFile, catalogue: CATALOGUE })
}

test.each(readdirSync(EXAMPLES).filter((file) => file.endsWith('.yaml') && file !== CONFIGMAP))(
  '%s is a good configuration',
  (file) => {
    const { policies, mode } = readConfig(join(EXAMPLES, file))
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
