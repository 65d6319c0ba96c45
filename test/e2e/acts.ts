import type { Locator, Page } from 'playwright-core'

/** What people do on the pages, by the names that everybody finds things under. */

export const dialogOn = (page: Page): Locator => page.getByRole('dialog')
export const waitingOn = (page: Page): Locator => page.getByRole('region', { name: 'Waits for you' })
export const connectedOn = (page: Page): Locator => page.getByRole('status').getByText('Connected')
export const standingOn = (page: Page): Locator => page.getByRole('region', { name: 'How Kintsugi stands' })

/** Resolves once the text can be seen somewhere on the page. */
export const isShown = (page: Page, text: string | RegExp): Promise<void> =>
  page.getByText(text).filter({ visible: true }).first().waitFor()

/** Gives the reason in the open dialog, and means it. */
export async function confirm(page: Page, action: string, reason: string): Promise<void> {
  await dialogOn(page).getByLabel('Reason').fill(reason)
  await dialogOn(page).getByRole('button', { name: action, exact: true }).click()
}

/** As {@link confirm}, once the dialog is gone: the order has been taken. */
async function order(page: Page, button: Locator, action: string, reason: string): Promise<void> {
  await button.click()
  await confirm(page, action, reason)
  await dialogOn(page).waitFor({ state: 'hidden' })
}

export const reject = (page: Page, reason: string): Promise<void> =>
  order(page, waitingOn(page).getByRole('button', { name: 'Reject' }), 'Reject', reason)

export const pause = (page: Page, reason: string): Promise<void> =>
  order(page, standingOn(page).getByRole('button', { name: 'Pause' }), 'Pause', reason)

export const resume = (page: Page, reason: string): Promise<void> =>
  order(page, standingOn(page).getByRole('button', { name: 'Resume' }), 'Resume', reason)

/** From the first screen to what waits for a decision. */
export async function goToProposal(page: Page): Promise<void> {
  await page.goto('/')
  await page.getByRole('link', { name: 'Look and decide' }).click()
  await waitingOn(page).waitFor()
}

export async function signIn(page: Page, token: string): Promise<void> {
  await page.getByLabel('Token').fill(token)
  await page.getByRole('button', { name: 'Sign in' }).click()
}
