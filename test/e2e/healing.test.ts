import { readFileSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { configFileIn } from '../../lab/shop/layout.ts'
import { untilSo } from '../real/servers.ts'
import { approve, confirm, dialogOn, goToProposal, pause, reject, resume, standingOn, waitingOn } from './acts.ts'
import { onConsole } from './console.ts'
import { openStage } from './stage.ts'

// What people see and do while something breaks and is mended: real processes, a real Kintsugi, a real browser.

/** A refused order is an answer of the server that the browser notes in its console. */
const REFUSED = /status of 409/
const AWAY = /ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED_ENCODING|ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE/

onConsole('the console while the shop breaks', openStage, ({ stage, visitor }) => {
  const runsOf = async (incident: string): Promise<number> =>
    (await stage().api.incident({ id: incident })).entries.filter(({ kind }) => kind === 'run-started').length
  const openIncident = async (): Promise<string> => (await stage().api.status({})).incidents[0]?.id ?? ''
  const isAsked = (): Promise<void> =>
    untilSo(
      async () => (await stage().api.status({})).incidents.some(({ proposal }) => proposal !== undefined),
      'somebody is asked',
    )

  test('a fault injected from the lab is followed on its incident until it is healed', async () => {
    const page = await visitor()
    await page.goto('/lab')
    await page.getByRole('button', { name: 'Break it: crash', exact: true }).click()
    await page.getByRole('article', { name: 'crash', exact: true }).getByRole('link', { name: 'Its incident' }).click()
    await page.getByText('Healed by us').first().waitFor()
    expect(await page.getByText('which healed it').count()).toBeGreaterThan(0)
    await stage().calm()
  })

  test('a proposal approved with a reason is run, and heals', async () => {
    await stage().breaks('full-disk')
    const page = await visitor()
    await goToProposal(page)
    const incident = await openIncident()
    await approve(page, 'the import is known to be harmless')
    await page.getByText('Healed by us').first().waitFor()
    await page.getByText('the import is known to be harmless').first().waitFor()
    expect(await runsOf(incident)).toBe(1)
  })

  test('a proposal whose target was changed meanwhile is superseded, and nothing is applied', async () => {
    const victim = await stage().breaks('bad-configuration')
    const page = await visitor({ except: REFUSED })
    await goToProposal(page)
    const incident = await openIncident()
    const file = configFileIn(stage().shop.dir, victim)
    const changed = JSON.stringify({ ...(JSON.parse(readFileSync(file, 'utf8')) as object), dbTimeoutMs: 21 })
    writeFileSync(file, changed)
    await waitingOn(page).getByRole('button', { name: 'Approve' }).click()
    await confirm(page, 'Approve', 'as shown')
    await page
      .getByText(/superseded/i)
      .first()
      .waitFor()
    expect(readFileSync(file, 'utf8')).toBe(changed)
    expect(await runsOf(incident)).toBe(0)
    await stage().mends('bad-configuration')
    await stage().calm()
  })

  test('a proposal rejected with a reason gives way to the next rung', async () => {
    await stage().breaks('bad-configuration')
    const page = await visitor()
    await goToProposal(page)
    await reject(page, 'the deploy is being watched')
    await waitingOn(page)
      .getByText(/restart/)
      .first()
      .waitFor()
    await page.getByText('the deploy is being watched').first().waitFor()
    await stage().mends('bad-configuration')
    await stage().calm()
  })

  test('two people approve in the same second: one run, and the other is told', async () => {
    await stage().breaks('full-disk')
    const [ann, bob] = await Promise.all([visitor({ except: REFUSED }), visitor({ except: REFUSED })])
    await Promise.all([ann, bob].map((page) => goToProposal(page)))
    const incident = await openIncident()
    await Promise.all([ann, bob].map((page) => waitingOn(page).getByRole('button', { name: 'Approve' }).click()))
    await Promise.all([ann, bob].map((page) => dialogOn(page).getByLabel('Reason').fill('go')))
    const yes = (page: typeof ann): Promise<void> =>
      dialogOn(page).getByRole('button', { name: 'Approve', exact: true }).click()
    await Promise.all([yes(ann), yes(bob)])
    const told = [ann, bob].map((page) => dialogOn(page).getByRole('alert').waitFor())
    await Promise.any(told)
    await Promise.all([ann, bob].map((page) => page.getByText('Healed by us').first().waitFor()))
    expect(await runsOf(incident)).toBe(1)
    await Promise.allSettled(told)
  })

  test('a pause is thrown from the banner, stands on every page, and holds until somebody resumes', async () => {
    const page = await visitor()
    await page.goto('/')
    await pause(page, 'looking at the shop')
    for (const path of ['/', '/incidents', '/targets', '/policies', '/record', '/lab']) {
      await page.goto(path)
      await standingOn(page).getByText('PAUSED').waitFor()
    }
    const victim = await stage().breaks('crash')
    await untilSo(async () => (await openIncident()) !== '', 'the crash was found')
    const incident = await openIncident()
    await page.goto(`/incidents/${incident}`)
    await page
      .getByText(/paused/i)
      .nth(1)
      .waitFor()
    expect(await runsOf(incident)).toBe(0)
    expect((await stage().shop.instance(victim).state()).running).toBe(false)
    await resume(page, 'seen enough')
    await standingOn(page).getByText('LIVE').waitFor()
    await page.getByText('Healed by us').first().waitFor()
  })

  test('a server that is gone is said to be gone within seconds; once it is back, the page shows what happened since', async () => {
    const page = await visitor({ except: AWAY })
    await page.goto('/incidents')
    await page.getByRole('status').getByText('Connected').waitFor()
    await stage().kill()
    await page.getByText('Connection lost').waitFor({ timeout: 5000 })
    await page.getByText(/what you see is old/).waitFor()
    const victim = await stage().breaks('crash')
    await stage().start()
    await page.getByRole('status').getByText('Connected').waitFor()
    await page
      .getByRole('link', { name: new RegExp(victim) })
      .first()
      .click()
    await page.getByText('Healed by us').first().waitFor()
  })

  test('with the keyboard alone: to the proposal, its approval, a pause and its end', async () => {
    await stage().breaks('full-disk')
    await isAsked()
    const page = await visitor()
    await page.goto('/')
    const { keyboard } = page
    const focus = page.getByRole('link', { name: 'Look and decide' })
    await focus.waitFor()
    while (!(await focus.evaluate((link) => link.matches(':focus')))) await keyboard.press('Tab')
    await keyboard.press('Enter')
    await waitingOn(page).waitFor()
    await keyboard.press('a')
    await dialogOn(page).waitFor()
    await keyboard.type('by keyboard')
    await keyboard.press('Enter')
    await dialogOn(page).waitFor({ state: 'hidden' })
    await page.getByText('Healed by us').first().waitFor()
    await keyboard.press('p')
    await dialogOn(page).waitFor()
    await dialogOn(page).getByLabel('Reason').focus()
    await keyboard.type('by keyboard')
    await keyboard.press('Enter')
    await standingOn(page).getByText('PAUSED').waitFor()
    await keyboard.press('p')
    await dialogOn(page).getByLabel('Reason').focus()
    await keyboard.type('by keyboard')
    await keyboard.press('Enter')
    await standingOn(page).getByText('LIVE').waitFor()
  })
})
