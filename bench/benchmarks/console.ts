import { setTimeout } from 'node:timers/promises'
import type { Browser, Locator, Page } from 'playwright-core'
import { launchChromium, missingChromium } from '../../test/e2e/chromium.ts'
import { rounded, type Bench, type Figure } from '../lib/benchmark.ts'
import { writeHistory } from '../lib/history.ts'
import { runLoad } from '../lib/load.ts'
import { percentile } from '../lib/percentile.ts'
import { startKintsugi, type Server } from '../lib/server.ts'
import { heapMib, watchPage } from '../lib/watch-page.ts'

const INCIDENTS = 10_000
const ALERTS = 100_000
/** A figure of one try is none. */
const TRIES = 5
const UPDATES_PER_SECOND = 50
const MINUTE_MS = 60_000
const SETTINGS = { incidents: INCIDENTS, viewport: '1440x900', browser: 'Chromium, headless, on the same machine' }
/** What a person notices as a halt. */
const HALT_MS = 50

export const consoleBench: Bench = {
  about: 'the console on 10,000 incidents and 100,000 alerts: first content, scrolling, 50 updates a second',
  async run(say) {
    const missing = missingChromium()
    if (missing !== undefined) {
      say(`console: NOT MEASURED: ${missing}`)
      return []
    }
    say(`console: writing ${INCIDENTS} incidents`)
    const server = await startKintsugi('mode: shadow\n', (folder) => writeHistory(folder, INCIDENTS, Date.now()))
    const browser = await launchChromium()
    try {
      return [
        ...(await contentFigures(browser, server, say)),
        ...(await scrollFigures(browser, server, say)),
        ...(await updateFigures(browser, server, say)),
        ...(await alertFigures(server, say)),
      ]
    } finally {
      await browser.close()
      await server.close()
    }
  },
}

const urlOf = ({ port }: Server): string => `http://127.0.0.1:${port}`

const lessIsBetter = (name: string, value: number, unit: string, method: string): Figure => ({
  name: `console ${name}`,
  value: rounded(value),
  unit,
  higherIsBetter: false,
  method,
  settings: SETTINGS,
})

type Say = (text: string) => void

/** The pages that are looked at first, and what says that there is something to read. */
const FIRST: readonly { readonly name: string; readonly path: string; readonly shown: (page: Page) => Locator }[] = [
  { name: 'first screen', path: '/', shown: (page) => page.getByRole('heading', { name: 'Last 24 hours' }) },
  { name: 'incidents', path: '/incidents', shown: (page) => page.getByRole('main').getByRole('listitem').getByRole('link').first() },
]

async function contentFigures(browser: Browser, server: Server, say: Say): Promise<Figure[]> {
  const figures: Figure[] = []
  for (const { name, path, shown } of FIRST) {
    say(`console ${name}`)
    const times: number[] = []
    for (let n = 0; n < TRIES; n++) {
      const page = await newPage(browser)
      const began = performance.now()
      await page.goto(`${urlOf(server)}${path}`, { waitUntil: 'commit' })
      await shown(page).waitFor()
      times.push(performance.now() - began)
      await page.context().close()
    }
    figures.push(
      lessIsBetter(
        `${name}, first content`,
        Math.max(...times),
        'ms',
        `from the address to the first line of it, in a browser that has nothing yet; worst of ${TRIES}`,
      ),
    )
  }
  return figures
}

/** Everybody comes with nothing kept. */
async function newPage(browser: Browser): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } })
  return context.newPage()
}

async function scrollFigures(browser: Browser, server: Server, say: Say): Promise<Figure[]> {
  say('console scroll')
  const page = await newPage(browser)
  await page.goto(`${urlOf(server)}/incidents`)
  await page.getByRole('main').getByRole('listitem').getByRole('link').first().waitFor()
  await page.mouse.move(700, 500)
  const { frames } = await watchPage(page, async () => {
    for (let n = 0; n < 100; n++) {
      await page.mouse.wheel(0, 400)
      await setTimeout(16)
    }
  })
  await page.context().close()
  const late = frames.filter((ms) => ms > HALT_MS).length
  const method = `100 turns of the wheel by 400 px through the list of incidents, ${frames.length} frames`
  return [
    lessIsBetter('scroll, frames beyond 50 ms', late, 'frames', method),
    lessIsBetter('scroll, worst frame', Math.max(...frames), 'ms', method),
  ]
}

/** Alerts are what changes most: each is an entry on the record, of which every page hears. */
async function updateFigures(browser: Browser, server: Server, say: Say): Promise<Figure[]> {
  say(`console ${UPDATES_PER_SECOND} updates a second for a minute`)
  const page = await newPage(browser)
  await page.goto(urlOf(server))
  await page.getByRole('heading', { name: 'Last 24 hours' }).waitFor()
  const before = await heapMib(page)
  const alerts = (UPDATES_PER_SECOND * MINUTE_MS) / 1000
  const { longTasks, clicks } = await watchPage(page, async () => {
    const load = runLoad({
      ...POST,
      port: server.port,
      connections: 4,
      batch: 1,
      alerts,
      series: 'u',
      spreadMs: MINUTE_MS,
    })
    let isOver = false
    await Promise.all([load.finally(() => (isOver = true)), clickAbout(page, () => isOver)])
  })
  const after = await heapMib(page)
  await page.context().close()
  const method = `${UPDATES_PER_SECOND} alerts a second for a minute while somebody goes to and fro between two pages`
  return [
    lessIsBetter('updates, long tasks', longTasks.length, 'tasks', `${method}; tasks of the main thread beyond 50 ms`),
    lessIsBetter('updates, worst task', Math.max(0, ...longTasks), 'ms', method),
    lessIsBetter('updates, click p95', percentile(clicks, 95), 'ms', `${method}; from a click to its frame`),
    lessIsBetter('updates, heap before', before, 'MiB', 'what lives after a collection'),
    lessIsBetter('updates, heap after', after, 'MiB', `${method}; what lives after a collection`),
  ]
}

const POST = { path: '/api/v2/alerts' } as const

async function clickAbout(page: Page, isOver: () => boolean): Promise<void> {
  const pages = page.getByRole('navigation', { name: 'Pages' })
  for (let n = 0; !isOver(); n++) {
    await pages.getByRole('link', { name: n % 2 === 0 ? 'Incidents' : 'Overview' }).click()
    await setTimeout(500)
  }
}

async function alertFigures(server: Server, say: Say): Promise<Figure[]> {
  say(`console ${ALERTS} alerts`)
  await runLoad({ ...POST, port: server.port, connections: 16, batch: 100, alerts: ALERTS, series: 'a' })
  const times: number[] = []
  for (let n = 0; n < TRIES; n++) {
    const began = performance.now()
    const answer = await fetch(`${urlOf(server)}/api/v1/alerts?limit=100`)
    if (!answer.ok) throw new Error(`the page of alerts was answered with ${answer.status}: ${await answer.text()}`)
    await answer.arrayBuffer()
    times.push(performance.now() - began)
  }
  const method = `the first 100 of ${ALERTS}, over HTTP to the last byte; worst of ${TRIES}`
  return [lessIsBetter('first page of alerts', Math.max(...times), 'ms', method)]
}
