import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { linkKey, linksOf } from '../../src/api/links.ts'
import type { Proposal } from '../../src/domain/proposal.ts'
import { untilSo } from '../real/servers.ts'
import { confirm, dialogOn, isShown, pause, resume, signIn, standingOn, waitingOn } from './acts.ts'
import { isTooWide, objectionsTo } from './axe.ts'
import { onConsole } from './console.ts'
import { openStage, TOKENS, type Role } from './stage.ts'

// Who may see and do what, what the pages make of what comes from outside, and who can read and use them.

const UNAUTHORIZED = /status of 401/
const PAGES = ['/', '/incidents', '/targets', '/policies', '/record', '/lab'] as const

onConsole(
  'the console with tokens',
  () => openStage({ tokens: TOKENS }),
  ({ stage, visitor }) => {
    /** Somebody who has signed in, on the page. */
    const come = async (role: Role, path = '/'): Promise<Page> => {
      const page = await visitor({ except: UNAUTHORIZED })
      await page.goto(path)
      await signIn(page, TOKENS[role])
      await standingOn(page).waitFor()
      return page
    }
    const openProposal = async (): Promise<Proposal | undefined> =>
      (await stage().api.status({})).incidents.find(({ proposal }) => proposal !== undefined)?.proposal
    /** The proposal that waits, made when there is none. */
    const asked = async (): Promise<Proposal> => {
      if (!(await openProposal())) await stage().breaks('full-disk')
      await untilSo(async () => (await openProposal()) !== undefined, 'somebody is asked')
      return (await openProposal())!
    }
    const settled = async (page: Page): Promise<void> => {
      await page.getByRole('heading', { level: 1 }).first().waitFor({ state: 'attached' })
      await page.getByRole('status', { name: 'Loading' }).first().waitFor({ state: 'hidden' })
    }

    test('the Chinese first screen says nothing in English but names', async () => {
      const page = await come('viewer')
      await page.getByLabel('Language').selectOption('中文')
      await page.getByRole('heading', { level: 1, name: /\p{Script=Han}/u }).waitFor()
      expect(await page.evaluate('document.documentElement.lang')).toBe('zh')
      expect(await englishWordsOn(page)).toEqual([])
    })

    test('what comes from outside is text, whatever it says', async () => {
      const page = await come('operator')
      const annotations = { summary: SCRIPT, description: IMAGE }
      const labels = { alertname: `${SCRIPT} ${TURNED} ${COLOURED}`, team: 'strangers', instance: 'db-1', long: LONG }
      await stage().tell([{ labels, annotations }], TOKENS.sender)
      await untilSo(async () => (await stage().api.status({})).incidents.length > 0, 'the alert led to an incident')
      const [incident] = (await stage().api.status({})).incidents
      await page.goto(`/incidents/${incident?.id}`)
      await isShown(page, SCRIPT)
      await pause(page, `${IMAGE} ${TURNED}`)
      for (const path of [...PAGES, `/incidents/${incident?.id}`]) {
        await page.goto(path)
        await settled(page)
        await standingOn(page).getByText(IMAGE).waitFor()
        expect(await page.locator('main img, script:not([src]), [onerror]').count(), path).toBe(0)
        expect(await isTooWide(page), path).toBe(false)
      }
      await resume(page, LONG)
      await page.goto('/record?kind=resumed')
      await isShown(page, new RegExp(LONG.slice(0, 100)))
      expect(await isTooWide(page)).toBe(false)
      await stage().tell([{ labels, annotations, endsAt: new Date().toISOString() }], TOKENS.sender)
      await stage().calm()
    })

    test('a wrong token opens nothing, and is said to be wrong', async () => {
      const page = await visitor({ except: UNAUTHORIZED })
      await page.goto('/')
      await signIn(page, 'not-a-token-of-this-server')
      await page
        .getByRole('alert')
        .getByText(/not accepted/)
        .waitFor()
      expect(await standingOn(page).count()).toBe(0)
    })

    test('what asks two people waits for the second, and is kept still by whoever looks at it', async () => {
      const labels = { alertname: 'DbFailing', instance: 'db-2' }
      await stage().tell([{ labels }], TOKENS.sender)
      await untilSo(async () => (await openProposal())?.plan.policy === 'db-down', 'two people are asked')
      const { id, incident } = (await openProposal())!
      const [first, second] = [
        await come('approver', `/incidents/${incident}`),
        await come('second', `/incidents/${incident}`),
      ]
      const approve = async (page: Page): Promise<void> => {
        await waitingOn(page).getByRole('button', { name: 'Approve' }).click()
        await confirm(page, 'Approve', 'go')
      }
      await approve(first)
      await dialogOn(first).waitFor({ state: 'hidden' })
      await isShown(second, 'approver has said yes; another person must say yes too.')

      // Whoever looks at it keeps everybody else's hands still.
      await first.getByRole('button', { name: 'I look at it' }).click()
      await confirm(first, 'I look at it', 'let me see')
      await isShown(second, /approver looks at it/)
      expect((await openProposal())?.id).toBe(id)
      await first.getByRole('button', { name: 'Give back' }).click()
      await confirm(first, 'Give back', 'seen')
      await second.getByText('approver looks at it').waitFor({ state: 'hidden' })

      await approve(second)
      await isShown(second, /approved by second: go/)
      await stage().tell([{ labels, endsAt: new Date().toISOString() }], TOKENS.sender)
      // It is watched for longer than a test waits: it came back while the alert was still there.
      await isShown(second, /well since|is well/)
    })

    test('a viewer sees everything, and each button says which role it needs', async () => {
      await asked()
      const page = await come('viewer')
      await standingOn(page).getByRole('button', { name: 'Pause', disabled: true }).waitFor()
      await standingOn(page).getByText('Needs the role operator').waitFor()
      await page.getByRole('link', { name: 'Look and decide' }).first().click()
      await waitingOn(page).getByRole('button', { name: 'Approve', disabled: true }).waitFor()
      await waitingOn(page).getByText('Needs the role approver').waitFor()
      await page.keyboard.press('a')
      expect(await dialogOn(page).count()).toBe(0)
    })

    const linkTo = (proposal: Pick<Proposal, 'id' | 'expiresAt'>): string =>
      linksOf(linkKey(stage().dataDir), () => stage().url).linkTo(proposal) ?? ''

    test('a link in a message shows what is proposed; opening it, by GET or HEAD, decides nothing', async () => {
      const proposal = await asked()
      const link = linkTo(proposal)
      const page = await come('approver', link)
      await isShown(page, 'Genuine link')
      const headers = { accept: 'text/html' }
      for (const method of ['HEAD', 'GET']) expect((await fetch(link, { method, headers })).status).toBe(200)
      await page.reload()
      await page.getByRole('button', { name: 'Approve', disabled: false }).waitFor()
      expect((await openProposal())?.id).toBe(proposal.id)
    })

    test.each([
      ['forged', 60_000, 'Not a genuine link', (link: string) => link.replace(/sig=./, 'sig=~')],
      ['out of time', -1000, 'Link out of time', (link: string) => link],
    ])('a link that is %s says so', async (_, inMs, says, changed) => {
      const { id } = await asked()
      const page = await come('approver', changed(linkTo({ id, expiresAt: Date.now() + inMs })))
      await isShown(page, says)
    })

    test('axe has nothing against any page, in neither theme, and each fits a phone', async () => {
      const { id, incident } = await asked()
      const paths = [...PAGES, `/incidents/${incident}`, `/proposals/${id}`]
      const page = await come('approver')
      for (const theme of ['light', 'dark']) {
        for (const path of paths) {
          await page.goto(`${path}?theme=${theme}`)
          await settled(page)
          expect(await objectionsTo(page), `${path} in ${theme}`).toEqual([])
        }
      }
      await page.setViewportSize({ width: 390, height: 844 })
      for (const path of paths) {
        await page.goto(path)
        await settled(page)
        expect(await isTooWide(page), path).toBe(false)
      }
    })

    test('with the keyboard alone, an approver finds the proposal, approves it, pauses and resumes', async () => {
      await asked()
      const page = await come('approver')
      const { keyboard } = page
      const answer = async (): Promise<void> => {
        await dialogOn(page).waitFor()
        await keyboard.type('by keyboard')
        await keyboard.press('Enter')
        await dialogOn(page).waitFor({ state: 'hidden' })
      }
      const link = page.getByRole('link', { name: 'Look and decide' }).first()
      await link.waitFor()
      const isThere = (): Promise<boolean> => link.evaluate((one) => one.matches(':focus'))
      for (let n = 0; n < 100 && !(await isThere()); n++) await keyboard.press('Tab')
      await keyboard.press('Enter')
      await waitingOn(page).waitFor()
      await keyboard.press('a')
      await answer()
      await isShown(page, /approved by approver: by keyboard/)
      await isShown(page, 'Healed by us')
      await keyboard.press('p')
      await answer()
      await standingOn(page)
        .getByText(/PAUSED/)
        .waitFor()
      await keyboard.press('p')
      await answer()
      await standingOn(page).getByText(/LIVE/).waitFor()
    })

    /** Words of several Latin letters that are no name of ours, of a target, a policy, a source or a person. */
    async function englishWordsOn(page: Page): Promise<string[]> {
      const { sources, canWrite } = await stage().api.status({})
      const targets = await stage().api.targets({})
      const names = [...sources.map(({ name }) => name), ...canWrite, ...targets.map(({ target }) => target)]
      const known = [...OUR_NAMES, ...names.flatMap((name) => [name, ...name.split(/[:/]/)])]
      let text = await page.locator('body').innerText()
      for (const name of known.toSorted((a, b) => b.length - a.length)) text = text.replaceAll(name, ' ')
      return [...new Set(text.match(/[A-Za-z]{3,}/g))]
    }
  },
)

const OUR_NAMES = ['Kintsugi', 'English', 'viewer', 'UTC', 'React Flow']

const SCRIPT = '<script>alert(1)</script>'
const IMAGE = '"><img src=x onerror=alert(1)>'
const TURNED = '\u202Egnp.evil\u2066'
const COLOURED = '\u001B[31mred\u001B[0m'
const LONG = 'x'.repeat(900)
