import { defineConfig, type ViteUserConfig } from 'vitest/config'

/** Tests that start whole systems of processes: they need the machine to themselves. */
const WHOLE = ['test/chaos/**/*.test.ts', 'test/e2e/**/*.test.ts', 'test/real/**/*.test.ts']

const config: ViteUserConfig = defineConfig({
  test: {
    environment: 'node',
    testTimeout: 30_000,
    pool: 'forks',
    projects: [
      {
        extends: true,
        test: {
          name: 'parts',
          include: ['{src,lab,test,scripts,bench,evaluate}/**/*.test.ts', 'web/**/*.test.{ts,tsx}'],
          exclude: WHOLE,
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: { name: 'whole', include: WHOLE, maxWorkers: 1, sequence: { groupOrder: 1 } },
      },
    ],
  },
})

export default config
