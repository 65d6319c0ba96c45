import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { linkKey, linksOf } from '../../src/api/links.ts'
import type { Proposal } from '../../src/domain/proposal.ts'
import { untilSo } from '../real/servers.ts'
import { approve, dialogOn, goToProposal, pause, resume, signIn, standingOn, waitingOn } from './acts.ts'
import { isTooWide, objectionsTo } from './axe.ts'
import { onConsole } from './console.ts'
import { openStage, TOKENS, type Role } from './stage.ts'

// Who may see and do what, what the pages do with what comes from outside, and who can read them.

const UNAUTHORIZED = /status of 401/
const PAGES = ['/', '/incidents', '/targets', '/policies', '/record', '/lab'] as const

onConsole(
  'the console with tokens',
  () => openStage({ tokens: TOKENS }),
  ({ stage, visitor }) => {
    /** Somebody who has signed in, on the page. */
    const come = async (role: Role, path = '/', options: Parameters<typeof visitor>[0] = {}): Promise<Page> => {
      const page = await visitor({ except: UNAUTHORIZED, ...options })
      await page.goto(path)
      await signIn(page, TOKENS[role])
      await page.getByRole('heading', { level: 1, name: 'Sign in' }).waitFor({ state: 'hidden' })
      return page
    }
    const openProposal = async (): Promise<Proposal | undefined> =>
      (await stage().api.status({})).incidents.find(({ proposal }) => proposal !== undefined)?.proposal
    /** A proposal that waits; the lab takes its fault back after a minute, and it is withdrawn then. */
    const asked = async (): Promise<Proposal> => {
      if (!(await openProposal())) await stage().breaks('full-disk')
      await untilSo(async () => (await openProposal()) !== undefined, 'somebody is asked')
      return (await openProposal())!
    }
    const settled = async (page: Page): Promise<void> => {
      await page.getByRole('heading', { level: 1 }).first().waitFor()
      await page
        .getByRole('status', { name: /^(?:Loading|正在加载)/ })
        .first()
        .waitFor({ state: 'hidden' })
    }

    describe('a token', () => {
      test('that is wrong opens nothing, and says so', async () => {
        const page = await visitor({ except: UNAUTHORIZED })
        await page.goto('/')
        await signIn(page, 'not-a-token-of-this-server')
        await page
          .getByRole('alert')
          .getByText(/not accepted/)
          .waitFor()
        expect(await standingOn(page).count()).toBe(0)
      })

      test('of a viewer shows everything, and each button says which role it needs', async () => {
        await asked()
        const page = await come('viewer')
        const pauses = standingOn(page).getByRole('button', { name: 'Pause', disabled: true })
        await pauses.waitFor()
        await standingOn(page).getByText('Needs the role operator').waitFor()
        await page.getByRole('link', { name: 'Look and decide' }).click()
        await waitingOn(page).getByRole('button', { name: 'Approve', disabled: true }).click()
        await waitingOn(page).getByText('Needs the role approver').waitFor()
        expect(await dialogOn(page).count()).toBe(0)
      })
    })

    describe('a link in a message', () => {
      const links = () => linksOf(linkKey(stage().dataDir), () => stage().url)
      const linkTo = (proposal: Pick<Proposal, 'id' | 'expiresAt'>): string => links().linkTo(proposal) ?? ''

      test('shows what is proposed, and opening it decides nothing, by GET and by HEAD', async () => {
        const proposal = await asked()
        const link = linkTo(proposal)
        const page = await come('approver', link)
        await page.getByText('Genuine link').waitFor()
        await fetch(link, { method: 'HEAD' })
        await fetch(link, { headers: { accept: 'text/html' } })
        await page.reload()
        await page.getByRole('button', { name: 'Approve', disabled: false }).waitFor()
        expect((await openProposal())?.id).toBe(proposal.id)
      })

      test.each([
        [
          'forged',
          (id: string) => linkTo({ id, expiresAt: Date.now() + 60_000 }).replace(/.$/, '~'),
          'Not a genuine link',
        ],
        ['out of time', (id: string) => linkTo({ id, expiresAt: Date.now() - 1000 }), 'Link out of time'],
      ])('that is %s says so', async (_, make, says) => {
        const page = await come('approver', make((await asked()).id))
        await page.getByText(says).waitFor()
      })
    })

    describe('what comes from outside', () => {
      const SCRIPT = '<script>alert(1)</script>'
      const IMAGE = '"><img src=x onerror=alert(1)>'
      const TURNED = '\u202Egnp.evil\u2066'
      const COLOURED = '\u001B[31mred\u001B[0m'
      const LONG = 'x'.repeat(900)

      test('is text, whatever it says', async () => {
        const page = await come('operator')
        const annotations = { summary: `${SCRIPT} ${TURNED} ${COLOURED}`, description: IMAGE }
        const labels = { alertname: 'Told', instance: 'db-1', severity: 'warning', note: SCRIPT, long: LONG }
        await stage().tell([{ labels, annotations }], TOKENS.sender)
        await pause(page, `${IMAGE} ${SCRIPT} ${TURNED}`)
        await untilSo(
          async () => (await stage().api.status({})).incidents.some(({ owner }) => owner.includes('/db')),
          'the alert led to an incident',
        )
        const told = (await stage().api.status({})).incidents.find(({ owner }) => owner.includes('/db'))
        await page.goto(`/incidents/${told?.id}`)
        await page.getByText(SCRIPT).first().waitFor()
        for (const path of [...PAGES, `/incidents/${told?.id}`]) {
          await page.goto(path)
          await settled(page)
          await standingOn(page).getByText(IMAGE).waitFor()
          expect(await page.locator('main img, script:not([src]), [onerror]').count()).toBe(0)
          expect(await isTooWide(page), path).toBe(false)
        }
        await resume(page, LONG)
        await page.goto('/record?kind=resumed')
        await page.getByText(LONG).first().waitFor()
        expect(await isTooWide(page)).toBe(false)
        await stage().tell([{ labels, annotations, endsAt: new Date().toISOString() }], TOKENS.sender)
      })
    })

    describe('the pages', () => {
      test('are without objections by axe, in both themes, and fit a phone', async () => {
        const proposal = await asked()
        const paths = [...PAGES, `/incidents/${proposal.incident}`, `/proposals/${proposal.id}`]
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

      test('say nothing in English on the Chinese first screen but names', async () => {
        await stage()
          .mends('full-disk')
          .catch(() => {})
        await stage().calm()
        const page = await come('viewer', '/', { locale: 'en-GB' })
        await page.getByLabel('Language').selectOption('中文')
        await page.getByRole('heading', { level: 1, name: /\p{Script=Han}/u }).waitFor()
        expect(await page.evaluate('document.documentElement.lang')).toBe('zh')
        expect(await englishWordsOn(page)).toEqual([])
      })
    })

    test('an approver approves, under the name of the token', async () => {
      await asked()
      const page = await come('approver')
      await goToProposal(page)
      await approve(page, 'signed in for it')
      await page.getByText('Healed by us').first().waitFor()
      await page
        .getByText(/approved by approver/i)
        .first()
        .waitFor()
    })

    /** Words of more than one Latin letter that are no name of ours, of a target, a policy, a source or a person. */
    async function englishWordsOn(page: Page): Promise<string[]> {
      const { sources, canWrite } = await stage().api.status({})
      const targets = await stage().api.targets({})
      const names = ['Kintsugi', 'English', 'viewer', ...sources.map(({ name }) => name), ...canWrite]
      const parts = [...names, ...targets.map(({ target }) => target)].flatMap((name) => [name, ...name.split(/[:/]/)])
      const known = parts.toSorted((a, b) => b.length - a.length)
      let text = await page.locator('body').innerText()
      for (const name of known) text = text.replaceAll(name, ' ')
      return [...new Set(text.match(/[A-Za-z]{3,}/g))]
    }
  },
)
