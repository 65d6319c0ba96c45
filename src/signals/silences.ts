import { isFiring, type Alerts, type AlertTarget } from '../domain/alert.ts'
import { matches } from '../domain/condition/matchers.ts'
import { BlindError, messageOf, UsageError } from '../domain/errors.ts'
import type { Hand } from '../domain/hand.ts'
import type { ResourceRef } from '../domain/resource.ts'
import { STALE_INTERVALS, type Labels, type Matcher } from '../domain/signal.ts'
import { elapsedMs, type Clock, type Moment } from '../lib/clock.ts'
import { excerpt } from '../lib/excerpt.ts'
import { within } from './deadline.ts'
import { httpGet, type TlsFiles } from './http-get.ts'
import { silencesOf, type Silence } from './silence-answer.ts'
import type { Source } from './sources.ts'

export type SilencesConfig = {
  /** Where the API is, without `/api/v2`. */
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  readonly tls?: TlsFiles
  readonly intervalMs: number
  readonly timeoutMs: number
}

export type SilencesTools = {
  readonly clock: Clock
  /** The alerts that were received. */
  readonly alerts: Alerts
  /** Which target such labels name. */
  readonly aim: (alert: { readonly labels: Labels }) => AlertTarget
}

/** The silences of an Alertmanager: asked for by the source, and told as hands. */
export type Silences = {
  readonly source: Source
  /** Those about these targets; where none are named, about any that there are alerts on, or that they name. */
  hands(near?: Iterable<ResourceRef>): readonly Hand[]
}

const NAME = 'alertmanager'
const MAX_BYTES = 16 * 1024 * 1024
/** A label of a silence that is longer than this may match anything: patterns are not tried on it. */
const MAX_VALUE = 256

/**
 * Watches the silences of an Alertmanager. Where it has not answered for three intervals, nobody knows who silenced
 * what: that is told as a hand on everything.
 */
export function watchSilences(config: SilencesConfig, { clock, alerts, aim }: SilencesTools): Silences {
  const begun = clock.moment()
  let seen: { readonly silences: readonly Silence[]; readonly at: Moment } | undefined
  const staleMs = STALE_INTERVALS * config.intervalMs
  return {
    source: {
      name: NAME,
      intervalMs: config.intervalMs,
      round: () => [
        {
          key: 'silences',
          look: async (_, abort) => {
            seen = { silences: await ask(config, clock, abort), at: clock.moment() }
            return { source: NAME, intervalMs: config.intervalMs, samples: [] }
          },
        },
      ],
    },
    hands: (near) => {
      const now = clock.now()
      const silences = (seen?.silences ?? []).filter(({ startsAt, endsAt }) => startsAt <= now && now < endsAt)
      const asked = near ?? someOf(alerts.targets())
      const named = silences.flatMap((silence) =>
        targetsIn(silence, asked, { alerts, aim, now }).map((target) => handOf(silence, target)),
      )
      // Before the first answer nothing is known either.
      const isBlind = !seen || elapsedMs(seen.at, clock.moment()) > staleMs
      return isBlind ? [...named, unknown(config.url, (seen?.at ?? begun).wallMs)] : named
    },
  }
}

async function ask(config: SilencesConfig, clock: Clock, abort: AbortSignal): Promise<readonly Silence[]> {
  const { headers, tls, timeoutMs } = config
  const options = { maxBytes: MAX_BYTES, headers: { accept: 'application/json', ...headers }, ...(tls && { tls }) }
  try {
    const url = new URL(`${config.url.replace(/\/+$/, '')}/api/v2/silences`)
    return silencesOf(
      await within({ timeoutMs, clock, abort }, (signal) => httpGet(url, { ...options, abort: signal })),
    )
  } catch (cause) {
    throw new BlindError(`cannot read the silences of ${config.url}: ${messageOf(cause)}`)
  }
}

/** A silence is about a target when it mutes an alert that fires on it, or when its own matchers name the target. */
function targetsIn(
  silence: Silence,
  near: Iterable<ResourceRef>,
  x: { readonly alerts: Alerts; readonly aim: SilencesTools['aim']; readonly now: number },
): ResourceRef[] {
  const named = targetOf(silence, x.aim)
  return [...new Set([...near, ...(named ? [named] : [])])].filter(
    (ref) =>
      ref === named ||
      x.alerts.on(ref).some((alert) => isFiring(alert, x.now) && mayMute(silence.matchers, alert.labels)),
  )
}

/** The target that an alert with just the labels of its equalities would be about. */
function targetOf({ matchers }: Silence, aim: SilencesTools['aim']): ResourceRef | undefined {
  const labels = Object.fromEntries(matchers.flatMap(({ op, label, value }) => (op === '=' ? [[label, value]] : [])))
  const aimed = aim({ labels })
  return aimed.kind === 'mapped' ? aimed.target : undefined
}

/** Whether these labels pass; a test that cannot be made here, since its pattern could cost too much, is taken for passed. */
function mayMute(matchers: readonly Matcher[], labels: Labels): boolean {
  return matchers.every((matcher) => {
    const isPattern = matcher.op === '=~' || matcher.op === '!~'
    if (isPattern && (labels[matcher.label] ?? '').length > MAX_VALUE) return true
    try {
      return matches(labels, [matcher])
    } catch (thrown) {
      if (thrown instanceof UsageError) return true
      throw thrown
    }
  })
}

/** A list that is asked for looks at no more targets: in a storm there are many. */
const MOST_LISTED = 2000

function* someOf(targets: Iterable<ResourceRef>): Generator<ResourceRef> {
  let left = MOST_LISTED
  for (const target of targets) if (left-- > 0) yield target
}

function handOf({ createdBy, comment, matchers, startsAt, endsAt }: Silence, target: ResourceRef): Hand {
  const tests = matchers.map(({ label, op, value }) => `${label}${op}${value}`).join(', ')
  return {
    kind: 'silence',
    target,
    who: oneLine(createdBy) || 'nobody named',
    what: `${oneLine(comment) || 'without a comment'} {${oneLine(tests)}}`,
    since: startsAt,
    until: endsAt,
  }
}

/** Text from outside, short and without what would break a line. */
const oneLine = (text: string): string => excerpt(text).slice(1, -1)

function unknown(url: string, since: number): Hand {
  return {
    kind: 'silence',
    who: 'somebody, perhaps',
    what: `what is silenced is not known: the Alertmanager at ${url} does not say`,
    since,
    ends: 'when it answers, or limits.handsOff.silenced in kintsugi.yaml',
  }
}
