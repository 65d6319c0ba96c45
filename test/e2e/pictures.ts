import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import type { Browser, Page } from 'playwright-core'
import type { Incident } from '../../src/domain/incident.ts'
import { messageOf, UsageError } from '../../src/domain/errors.ts'
import { untilSo } from '../real/servers.ts'
import { launchChromium, missingChromium } from './chromium.ts'
import { openEmptyStage, openStage, type Stage } from './stage.ts'

const HELP = `Takes a picture of every page of the console, from a real Kintsugi beside a real shop: empty, busy and broken, light
and dark, wide and narrow.

  npm run pictures -- --dir DIR [--only NAME[,NAME]]

  --dir   where the pictures go: DIR/PAGE-STATE-THEME-SIZE.png
  --only  which pages (default: all): overview, incidents, incident-healed, incident-waiting, targets, policies, record, lab

Exit code: 0 taken, 1 something went wrong, 2 usage.
`

const THEMES = ['light', 'dark'] as const
const SIZES = { wide: { width: 1440, height: 900 }, narrow: { width: 390, height: 844 } } as const

type Scene = { readonly name: string; readonly path: string }

const SCENES: readonly Scene[] = [
  { name: 'overview', path: '/' },
  { name: 'incidents', path: '/incidents' },
  { name: 'targets', path: '/targets' },
  { name: 'policies', path: '/policies' },
  { name: 'record', path: '/record' },
  { name: 'lab', path: '/lab' },
]

type Args = { readonly dir: string; readonly only?: readonly string[] }

/** Undefined when help was asked for. */
function readArgs(argv: readonly string[]): Args | undefined {
  const options = { help: { type: 'boolean', short: 'h' }, dir: { type: 'string' }, only: { type: 'string' } } as const
  const { help, dir, only } = parseArgs({ args: [...argv], options }).values
  if (help) return undefined
  if (dir === undefined) throw new UsageError('say where the pictures go: --dir DIR, or see --help')
  return { dir: resolve(dir), ...(only !== undefined && { only: only.split(',') }) }
}

/** One page in one theme and size. */
type Shown = { readonly name: string; readonly page: Page }

async function main(argv: readonly string[]): Promise<void> {
  const args = readArgs(argv)
  if (!args) return void process.stdout.write(HELP)
  const missing = missingChromium()
  if (missing !== undefined) throw new Error(missing)
  mkdirSync(args.dir, { recursive: true })
  const browser = await launchChromium()
  try {
    await withStage(openEmptyStage(), async ({ url }) => take(browser, url, 'empty', wanted(SCENES, args), args.dir))
    await withStage(openStage(), async (stage) => {
      const scenes = wanted([...SCENES, ...(await makeBusy(stage))], args)
      await take(browser, stage.url, 'busy', scenes, args.dir)
      await takeBroken(browser, stage, scenes, args.dir)
    })
  } finally {
    await browser.close()
  }
}

const wanted = (scenes: readonly Scene[], { only }: Args): Scene[] =>
  scenes.filter(({ name }) => only?.includes(name) ?? true)

async function withStage<S extends { close(): Promise<void> }>(
  opening: Promise<S>,
  play: (stage: S) => Promise<void>,
): Promise<void> {
  const stage = await opening
  try {
    await play(stage)
  } finally {
    await stage.close()
  }
}

/** Something that was healed, something that waits for a person, and something that nobody can place. */
async function makeBusy({ api, breaks, calm, tell }: Stage): Promise<Scene[]> {
  /** The open incident, once it is so. */
  const incidentOnce = async (isSo: (incident: Incident) => boolean, what: string): Promise<string> => {
    let found: Incident | undefined
    await untilSo(async () => {
      found = (await api.status({})).incidents.find(isSo)
      return found !== undefined
    }, what)
    return found?.id ?? ''
  }
  await breaks('crash')
  const healed = await incidentOnce(() => true, 'the crash was found')
  await calm()
  await breaks('full-disk')
  const waiting = await incidentOnce(({ proposal }) => proposal !== undefined, 'somebody is asked')
  await tell([{ labels: { alertname: 'CertificateExpires', host: 'mail-7', severity: 'warning' } }])
  return [
    { name: 'incident-healed', path: `/incidents/${healed}` },
    { name: 'incident-waiting', path: `/incidents/${waiting}` },
  ]
}

async function take(
  browser: Browser,
  url: string,
  state: string,
  scenes: readonly Scene[],
  dir: string,
): Promise<void> {
  for (const scene of scenes) {
    const shown = await show(browser, url, scene)
    await picture(shown, state, dir)
    await Promise.all(shown.map(({ page }) => page.context().close()))
  }
}

/** Each page is open when the server goes. */
async function takeBroken(browser: Browser, stage: Stage, scenes: readonly Scene[], dir: string): Promise<void> {
  for (const scene of scenes) {
    const shown = await show(browser, stage.url, scene)
    await stage.kill()
    await Promise.all(shown.map(({ page }) => page.getByText('Connection lost').waitFor()))
    await picture(shown, 'broken', dir)
    await Promise.all(shown.map(({ page }) => page.context().close()))
    await stage.start()
  }
}

async function show(browser: Browser, url: string, { name, path }: Scene): Promise<Shown[]> {
  const shown: Shown[] = []
  for (const theme of THEMES) {
    for (const [size, viewport] of Object.entries(SIZES)) {
      const context = await browser.newContext({ baseURL: url, viewport, colorScheme: theme })
      const page = await context.newPage()
      await page.goto(`${path}?theme=${theme}`)
      await page.getByRole('heading', { level: 1 }).waitFor()
      await page.getByRole('status', { name: 'Loading' }).first().waitFor({ state: 'hidden' })
      shown.push({ name: `${name}-STATE-${theme}-${size}.png`, page })
    }
  }
  return shown
}

async function picture(shown: readonly Shown[], state: string, dir: string): Promise<void> {
  for (const { name, page } of shown) {
    const path = join(dir, name.replace('STATE', state))
    await page.screenshot({ path, fullPage: true, animations: 'disabled' })
    process.stdout.write(`${path}\n`)
  }
}

await main(process.argv.slice(2)).catch((thrown: unknown) => {
  console.error(messageOf(thrown))
  process.exitCode = thrown instanceof UsageError ? 2 : 1
})
