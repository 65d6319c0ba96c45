import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** How many users come in a second, in a shop that has its usual ones. */
export const USERS_PER_SECOND = 320

/** The rate stands in a file of the shop's folder: whoever has the shop may change it while the users come. */
const fileIn = (dir: string): string => join(dir, 'users-per-second')

/** From now on so many users come in a second; without a number, the usual ones. */
export function setRate(dir: string, perSecond?: number): void {
  if (perSecond === undefined) rmSync(fileIn(dir), { force: true })
  else writeFileSync(fileIn(dir), String(perSecond))
}

export function rateIn(dir: string): number {
  try {
    const rate = Number(readFileSync(fileIn(dir), 'utf8'))
    return rate > 0 ? rate : USERS_PER_SECOND
  } catch {
    return USERS_PER_SECOND
  }
}
