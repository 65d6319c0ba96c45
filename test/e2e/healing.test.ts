import { readFileSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { configFileIn } from '../../lab/shop/layout.ts'
import { untilSo } from '../real/servers.ts'
import {
  confirm,
  connectedOn,
  dialogOn,
  goToProposal,
  isShown,
  pause,
  reject,
  resume,
  standingOn,
  waitingOn,
} from './acts.ts'
import { onConsole } from './console.ts'
import { openStage } from './stage.ts'

// What people see and do while something breaks and is mended: real processes, a real Kintsugi, a real browser. Each test
// breaks another service: what breaks twice within a minute is flapping, and is watched for longer.

/** A refused order is an answer that the browser notes in its console, and so is a server that is away. */
const REFUSED = /status of 409/
const AWAY = /net::ERR_/

onConsole('the console while the shop breaks', openStage, ({ stage, visitor }) => {
  const runsOf = async (incident: string): Promise<number> =>
    (await stage().api.incident({ id: incident })).entries.filter(({ kind }) => kind === 'run-started').length
  const openIncident = async (): Promise<string> => (await stage().api.status({})).incidents[0]?.id ?? ''

  test('a fault injected from the lab is followed on its incident until it is healed', async () => {
    const page = await visitor()
    await page.goto('/lab')
    await page.getByRole('button', { name: 'Break it: crash', exact: true }).click()
    const fault = page.getByRole('article', { name: 'crash', exact: true })
    await fault.getByRole('link', { name: 'Its incident' }).click()
    await isShown(page, 'Healed by us')
    await isShown(page, /was down because .* stopped running; Kintsugi restarted/)
    await page.goto('/lab')
    await fault.getByText(/^\S? ?gone$/).waitFor()
  })

  test('a pause is thrown from the banner, stands on every page, and holds until somebody resumes', async () => {
    const page = await visitor()
    await page.goto('/')
    await pause(page, 'looking at the shop')
    for (const path of ['/', '/incidents', '/targets', '/policies', '/record', '/lab']) {
      await page.goto(path)
      await standingOn(page)
        .getByText(/PAUSED/)
        .waitFor()
    }
    await stage().crashes('db-2')
    await untilSo(async () => (await openIncident()) !== '', 'the crash was found')
    const incident = await openIncident()
    await page.goto(`/incidents/${incident}`)
    await isShown(page, /Kintsugi would restart .*, but the gate .*pause/)
    expect(await runsOf(incident)).toBe(0)
    expect((await stage().shop.instance('db-2').state()).running).toBe(false)
    await resume(page, 'seen enough')
    await standingOn(page).getByText(/LIVE/).waitFor()
    await isShown(page, 'Healed by us')
  })

  test('a server that is gone is said to be gone; once it is back, the page shows what happened since', async () => {
    const page = await visitor({ except: AWAY })
    await page.goto('/incidents')
    await connectedOn(page).waitFor()
    const incidents = page.getByRole('main').getByRole('listitem')
    await incidents.first().waitFor()
    const before = await incidents.count()
    await stage().kill()
    await page.getByText('Connection lost').waitFor({ timeout: 10_000 })
    await isShown(page, /what you see is old/)
    await stage().crashes('worker-1')
    await stage().start()
    await connectedOn(page).waitFor()
    await incidents.nth(before).waitFor()
    await incidents.first().getByRole('link').click()
    await isShown(page, 'Healed by us')
  })

  test('proposals: one is superseded, one is rejected, and one is approved by two people in the same second', async () => {
    const victim = await stage().breaks('bad-configuration')
    const [page, other] = [await visitor({ except: REFUSED }), await visitor({ except: REFUSED })]
    await goToProposal(page)
    const incident = await openIncident()

    // Somebody else changes the configuration while the dialog is open: what is shown there is no longer so.
    await waitingOn(page).getByRole('button', { name: 'Approve' }).click()
    const file = configFileIn(stage().shop.dir, victim)
    const changed = JSON.stringify({ ...(JSON.parse(readFileSync(file, 'utf8')) as object), dbTimeoutMs: 21 })
    writeFileSync(file, changed)
    await confirm(page, 'Approve', 'as shown')
    await dialogOn(page).getByText('Could not approve the proposal').waitFor()
    await dialogOn(page).getByRole('button', { name: 'Cancel' }).click()
    expect(readFileSync(file, 'utf8')).toBe(changed)
    expect(await runsOf(incident)).toBe(0)
    await other.goto(`/record?incident=${incident}`)
    await isShown(other, /superseded/)

    await waitingOn(page)
      .getByText(/restore/)
      .waitFor()
    await reject(page, 'the deploy is being watched')
    await waitingOn(page)
      .getByText(/restart/)
      .waitFor()
    await isShown(page, /the deploy is being watched/)

    const people = [page, other]
    await goToProposal(other)
    await Promise.all(people.map((one) => waitingOn(one).getByRole('button', { name: 'Approve' }).click()))
    await Promise.all(people.map((one) => dialogOn(one).getByLabel('Reason').fill('go')))
    await Promise.all(people.map((one) => dialogOn(one).getByRole('button', { name: 'Approve', exact: true }).click()))
    const told = await Promise.any(
      people.map(async (one) => {
        await dialogOn(one).getByText('Could not approve the proposal').waitFor()
        return one
      }),
    )
    await dialogOn(told).getByRole('button', { name: 'Cancel' }).click()
    await untilSo(async () => (await runsOf(incident)) > 0, 'a run has begun')
    await isShown(told, /approved by .*: go/)
    expect(await runsOf(incident)).toBe(1)
  })
})
