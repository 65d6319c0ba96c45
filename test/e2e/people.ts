import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core'

/** Somebody at a browser of their own. */
export type Person = {
  readonly page: Page
  /**
   * What nobody should ever meet: a dialog of the browser, an error of a page or in its console, and so every violation
   * of the Content-Security-Policy. `except` are those that the test brings about.
   */
  troubles(except?: RegExp): readonly string[]
  leave(): Promise<void>
}

/** As long as the slowest healing takes on a busy machine. */
const TIMEOUT_MS = 30_000

/** One who comes to the console at this address; nothing is loaded yet. */
export async function personAt(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<Person> {
  const context = await browser.newContext({ baseURL: url, viewport: { width: 1440, height: 900 }, ...options })
  context.setDefaultTimeout(TIMEOUT_MS)
  const page = await context.newPage()
  const troubles = troublesOf(context)
  return {
    page,
    troubles: (except) => troubles.filter((trouble) => !except?.test(trouble)),
    leave: () => context.close(),
  }
}

function troublesOf(context: BrowserContext): readonly string[] {
  const troubles: string[] = []
  context.on('console', (message) => {
    if (message.type() === 'error') troubles.push(`console: ${message.text()} (${message.location().url})`)
  })
  context.on('weberror', (error) => troubles.push(`error: ${error.error().message}`))
  context.on('dialog', (dialog) => {
    troubles.push(`dialog: ${dialog.message()}`)
    void dialog.dismiss()
  })
  return troubles
}
