import type { Autonomy } from '../../../src/domain/policy.ts'
import type { Schedule } from '../../../src/domain/schedule.ts'
import type { PolicyView } from '../../../src/domain/view.ts'

/** What is looked for; it stands in the URL. `blocked`: something stands in the way of its acting by itself. */
export type PolicyFilter = { readonly autonomy?: Autonomy; readonly blocked: boolean; readonly text: string }

/** From the freest to the most careful. */
export const AUTONOMIES: readonly Autonomy[] = ['auto', 'approve', 'suggest', 'observe']

const isAutonomy = (word: string): word is Autonomy => AUTONOMIES.some((autonomy) => autonomy === word)

/** Unknown words are none. */
export function filterFrom(search: string): PolicyFilter {
  const params = new URLSearchParams(search)
  const autonomy = params.get('autonomy') ?? ''
  return {
    ...(isAutonomy(autonomy) && { autonomy }),
    blocked: params.get('blocked') === 'yes',
    text: params.get('q') ?? '',
  }
}

/** The search part of the URL without its question mark; empty for no filter. */
export function searchOf({ autonomy, blocked, text }: PolicyFilter): string {
  return new URLSearchParams({
    ...(autonomy && { autonomy }),
    ...(blocked && { blocked: 'yes' }),
    ...(text !== '' && { q: text }),
  }).toString()
}

export function filtered(views: readonly PolicyView[], filter: PolicyFilter): readonly PolicyView[] {
  const wanted = filter.text.trim().toLowerCase()
  return views.filter(({ policy, autonomy, condition, covers, limits }) => {
    if (filter.autonomy !== undefined && autonomy !== filter.autonomy) return false
    if (filter.blocked && limits.length === 0) return false
    const texts = [policy.name, policy.target, policy.condition, condition, ...policy.ladder, ...covers]
    return texts.some((text) => text.toLowerCase().includes(wanted))
  })
}

/** When something is due, in the shapes that people write; `cron` is what has no simpler one. */
export type When =
  | { readonly kind: 'every'; readonly ms: number }
  | { readonly kind: 'daily'; readonly time: string; readonly timeZone: string }
  | { readonly kind: 'weekly'; readonly time: string; readonly timeZone: string; readonly day: number }
  | { readonly kind: 'monthly'; readonly time: string; readonly timeZone: string; readonly day: number }
  | { readonly kind: 'cron'; readonly cron: string; readonly timeZone: string }

/** `day` of a week counts from Sunday, 0; of a month from 1. */
export function whenOf(every: Schedule['every']): When {
  if ('ms' in every) return { kind: 'every', ms: every.ms }
  const { cron, timeZone } = every
  const [, minute, hour, date, day] = /^(\d{1,2}) (\d{1,2}) (\*|\d{1,2}) \* (\*|[0-6])$/.exec(cron) ?? []
  const other: When = { kind: 'cron', cron, timeZone }
  if (minute === undefined || hour === undefined || Number(minute) > 59 || Number(hour) > 23) return other
  const time = `${hour.padStart(2, '0')}:${minute.padStart(2, '0')}`
  if (date === '*') {
    return day === '*' ? { kind: 'daily', time, timeZone } : { kind: 'weekly', time, timeZone, day: Number(day) }
  }
  return day === '*' ? { kind: 'monthly', time, timeZone, day: Number(date) } : other
}
