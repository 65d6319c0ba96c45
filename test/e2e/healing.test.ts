import { readFileSync, writeFileSync } from 'node:fs'
import type { Page } from 'playwright-core'
import { afterEach, expect, test } from 'vitest'
import { configFileIn } from '../../lab/shop/layout.ts'
import { untilSo } from '../real/servers.ts'
import { approve, confirm, dialogOn, goToProposal, pause, reject, resume, standingOn, waitingOn } from './acts.ts'
import { onConsole } from './console.ts'
import { openStage } from './stage.ts'

// What people see and do while something breaks and is mended: real processes, a real Kintsugi, a real browser.

/** A refused order is an answer that the browser notes in its console. */
const REFUSED = /status of 409/
const AWAY = /net::ERR_/

onConsole('the console while the shop breaks', openStage, ({ stage, visitor }) => {
  afterEach(() => stage().calm(), 60_000)

  const runsOf = async (incident: string): Promise<number> =>
    (await stage().api.incident({ id: incident })).entries.filter(({ kind }) => kind === 'run-started').length
  const openIncident = async (): Promise<string> => (await stage().api.status({})).incidents[0]?.id ?? ''
  const isFound = (): Promise<void> => untilSo(async () => (await openIncident()) !== '', 'it is found')
  const isShown = (page: Page, text: string | RegExp): Promise<void> =>
    page.getByText(text).filter({ visible: true }).first().waitFor()
  const isHealed = (page: Page): Promise<void> => isShown(page, 'Healed by us')

  test('a fault injected from the lab is followed on its incident until it is healed', async () => {
    const page = await visitor()
    await page.goto('/lab')
    await page.getByRole('button', { name: 'Break it: crash', exact: true }).click()
    const fault = page.getByRole('article', { name: 'crash', exact: true })
    await fault.getByText('broken', { exact: true }).waitFor()
    await fault.getByRole('link', { name: 'Its incident' }).click()
    await isHealed(page)
    await isShown(page, /was down because .* stopped running; Kintsugi restarted/)
    await page.goto('/lab')
    await fault.getByText('gone', { exact: true }).waitFor()
  })

  test('a proposal approved with a reason is run, and heals', async () => {
    await stage().breaks('full-disk')
    const page = await visitor()
    await goToProposal(page)
    const incident = await openIncident()
    await approve(page, 'the import is known to be harmless')
    await isHealed(page)
    await isShown(page, /approved by .*: the import is known to be harmless/)
    expect(await runsOf(incident)).toBe(1)
  })

  test('two people approve in the same second: one run, and the other is told', async () => {
    await stage().breaks('full-disk')
    const people = await Promise.all([visitor({ except: REFUSED }), visitor({ except: REFUSED })])
    await Promise.all(people.map((page) => goToProposal(page)))
    const incident = await openIncident()
    await Promise.all(people.map((page) => waitingOn(page).getByRole('button', { name: 'Approve' }).click()))
    await Promise.all(people.map((page) => dialogOn(page).getByLabel('Reason').fill('go')))
    await Promise.all(
      people.map((page) => dialogOn(page).getByRole('button', { name: 'Approve', exact: true }).click()),
    )
    const told = await Promise.any(
      people.map(async (page) => {
        await dialogOn(page).getByText('Could not approve the proposal').waitFor()
        return page
      }),
    )
    await dialogOn(told).getByRole('button', { name: 'Cancel' }).click()
    await Promise.all(people.map(isHealed))
    expect(await runsOf(incident)).toBe(1)
  })

  test('with the keyboard alone: to the proposal, its approval, a pause and its end', async () => {
    await stage().breaks('full-disk')
    const page = await visitor()
    const { keyboard } = page
    const answer = async (): Promise<void> => {
      await dialogOn(page).waitFor()
      await keyboard.type('by keyboard')
      await keyboard.press('Enter')
      await dialogOn(page).waitFor({ state: 'hidden' })
    }
    await page.goto('/')
    const link = page.getByRole('link', { name: 'Look and decide' })
    await link.waitFor()
    for (let n = 0; n < 100 && !(await link.evaluate((one) => one.matches(':focus'))); n++) await keyboard.press('Tab')
    await keyboard.press('Enter')
    await waitingOn(page).waitFor()
    await keyboard.press('a')
    await answer()
    await isHealed(page)
    await keyboard.press('p')
    await answer()
    await standingOn(page).getByText('PAUSED', { exact: true }).waitFor()
    await keyboard.press('p')
    await answer()
    await standingOn(page).getByText('LIVE', { exact: true }).waitFor()
  })

  test('a pause is thrown from the banner, stands on every page, and holds until somebody resumes', async () => {
    const page = await visitor()
    await page.goto('/')
    await pause(page, 'looking at the shop')
    for (const path of ['/', '/incidents', '/targets', '/policies', '/record', '/lab']) {
      await page.goto(path)
      await standingOn(page).getByText('PAUSED', { exact: true }).waitFor()
    }
    const victim = await stage().breaks('crash')
    await isFound()
    const incident = await openIncident()
    await page.goto(`/incidents/${incident}`)
    await isShown(page, /Kintsugi would restart .*, but the gate .*pause/)
    expect(await runsOf(incident)).toBe(0)
    expect((await stage().shop.instance(victim).state()).running).toBe(false)
    await resume(page, 'seen enough')
    await standingOn(page).getByText('LIVE', { exact: true }).waitFor()
    await isHealed(page)
  })

  test('a server that is gone is said to be gone within seconds; once it is back, the page shows what happened since', async () => {
    const page = await visitor({ except: AWAY })
    await page.goto('/incidents')
    await page.getByRole('status').getByText('Connected').waitFor()
    await stage().kill()
    await page.getByText('Connection lost').waitFor({ timeout: 10_000 })
    await isShown(page, /what you see is old/)
    const victim = await stage().breaks('crash')
    await stage().start()
    await page.getByRole('status').getByText('Connected').waitFor()
    await isShown(page, new RegExp(`Kintsugi restarted ${victim}`))
  })

  test('a proposal whose target was changed meanwhile is superseded, and nothing is applied', async () => {
    const victim = await stage().breaks('bad-configuration')
    const page = await visitor({ except: REFUSED })
    await goToProposal(page)
    const incident = await openIncident()
    await waitingOn(page).getByRole('button', { name: 'Approve' }).click()
    const file = configFileIn(stage().shop.dir, victim)
    const changed = JSON.stringify({ ...(JSON.parse(readFileSync(file, 'utf8')) as object), dbTimeoutMs: 21 })
    writeFileSync(file, changed)
    await confirm(page, 'Approve', 'as shown')
    await dialogOn(page).getByText('Could not approve the proposal').waitFor()
    await dialogOn(page).getByRole('button', { name: 'Cancel' }).click()
    expect(readFileSync(file, 'utf8')).toBe(changed)
    expect(await runsOf(incident)).toBe(0)
    await page.goto(`/record?incident=${incident}`)
    await isShown(page, /superseded/)
    await stage().mends('bad-configuration')
  })

  test('a proposal rejected with a reason gives way to the next rung', async () => {
    await stage().breaks('bad-configuration')
    const page = await visitor()
    await goToProposal(page)
    await reject(page, 'the deploy is being watched')
    await waitingOn(page)
      .getByText(/restart/)
      .waitFor()
    await isShown(page, /the deploy is being watched/)
    await stage().mends('bad-configuration')
  })
})
