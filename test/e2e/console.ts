import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { launchChromium, missingChromium } from './chromium.ts'
import { personAt, type Person } from './people.ts'
import type { Served } from './stage.ts'

/** What a test of the console has. */
export type Console<S extends Served> = {
  stage(): S
  /**
   * Somebody at a browser of their own. After the test everybody leaves, and nobody may have met a trouble but those
   * that the test says it brings about.
   */
  visitor(options?: BrowserContextOptions & { readonly except?: RegExp }): Promise<Page>
}

/**
 * Tests of the console on one stage, in Chromium. Without a browser they are skipped, loudly; in CI that is a failure.
 */
export function onConsole<S extends Served>(
  name: string,
  open: () => Promise<S>,
  tests: (console: Console<S>) => void,
): void {
  const missing = missingChromium()
  if (missing !== undefined) console.warn(`\n!!! SKIPPED ${name}: ${missing}\n`)
  test.runIf(process.env['CI'] === 'true')('in CI, there is a browser', () => {
    expect(missing).toBeUndefined()
  })

  describe.skipIf(missing !== undefined)(name, { timeout: 90_000 }, () => {
    let stage: S | undefined
    let browser: Browser | undefined
    const here: { readonly person: Person; readonly except?: RegExp | undefined }[] = []
    beforeAll(async () => {
      ;[stage, browser] = await Promise.all([open(), launchChromium()])
    }, 90_000)
    afterAll(async () => {
      await browser?.close()
      await stage?.close()
    }, 60_000)
    afterEach(async ({ task }) => {
      const left = here.splice(0)
      const isFailed = task.result?.state === 'fail'
      if (isFailed) await Promise.all(left.map(({ person }, n) => keepPicture(person, `${task.name} ${n}`)))
      const troubles = left.flatMap(({ person, except }) => person.troubles(except))
      await Promise.all(left.map(({ person }) => person.leave()))
      expect(troubles).toEqual([])
    })
    tests({
      stage: () => stage!,
      visitor: async ({ except, ...options } = {}) => {
        const person = await personAt(browser!, stage!.url, options)
        here.push({ person, except })
        return person.page
      },
    })
  })
}

/** What somebody saw when a test failed. */
async function keepPicture({ page }: Person, name: string): Promise<void> {
  const path = join(tmpdir(), `kintsugi-e2e ${name}.png`.replaceAll(/[^\w.]+/g, '-'))
  await page.screenshot({ path }).then(
    () => console.warn(`the page when it failed: ${path}`),
    () => {},
  )
}
