import { lacking, type OrderName, useMe } from './api.ts'
import { useLive } from './live.ts'
import { useWords } from './words/words.ts'

/** Why this order cannot be given now, for the button that would; undefined where it can. */
export function useMay(name: OrderName): string | undefined {
  const words = useWords()
  const { data: me } = useMe()
  const lost = useLive() === 'lost'
  // The kill switch is worth a try even where nothing is known.
  if (name === 'pause' && !me) return undefined
  if (name !== 'pause' && (lost || !me)) return words.offline
  const role = lacking(name, me)
  return role === undefined ? undefined : words.roleNeeded(words.roles[role])
}
