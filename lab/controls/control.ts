import type { Random } from '../random.ts'
import type { Shop } from '../shop/shop.ts'

/** Something that looks like harm or like nothing, and at which Kintsugi must do nothing. */
export type Control = {
  readonly name: string
  /** How long the lab goes on watching after it. */
  readonly watchMs: number
  /** `hold` declares a maintenance of a target to Kintsugi, as a person would. */
  perform(shop: Shop, hold: (target: string, forMs: number, reason: string) => Promise<void>): Promise<void>
}

export type ControlMaker = (random: Random) => Control
