import { isSaid } from '../../domain/disturbance.ts'
import { HANDS_OFF, type Hand, type HandsOff } from '../../domain/hand.ts'
import type { Ledger } from '../../domain/ledger.ts'
import { elapsedMs, type Moment } from '../../lib/clock.ts'
import { durationText } from '../../lib/duration.ts'
import { ALLOW, type Gate, type GateInput } from '../gate.ts'
import { kinOf } from '../kin.ts'
import { timeText } from '../time-text.ts'

/** Somebody else is at the target, one of its owners or one of its parts, or was lately: two who repair are one too many. */
export const handsOff: Gate = {
  name: 'hands-off',
  guardsUndo: false,
  ask(input) {
    const [first, ...others] = handsOn(input)
    if (!first) return ALLOW('nobody else is at it')
    const all = [first, ...others]
    return {
      answer: 'hold',
      reason: all.map(handText).join('; '),
      value: first.who,
      unlocks: all.map((hand) => endText(hand, input.now)).join('; '),
    }
  },
}

function handsOn({ plan, ledger, world, approval, now }: GateInput): Hand[] {
  const kin = kinOf(plan, world.topology)
  return activeHands(world.hands, ledger, world.limits.handsOff, now).filter(
    ({ kind, who, target }) =>
      (target === undefined || kin.has(target)) &&
      // Whoever is at it says what may be done meanwhile.
      !(kind === 'acknowledged' && who === approval?.by),
  )
}

/** The hands that count at a moment, also those that the ledger tells of, each with the time until which it does. */
export function activeHands(
  hands: readonly Hand[],
  ledger: Pick<Ledger, 'disturbances'>,
  rule: HandsOff = HANDS_OFF,
  now: Moment,
): Hand[] {
  return [...hands, ...announced(ledger, now)]
    .filter(({ kind }) => IS_ON[kind](rule))
    .map((hand) => (hand.kind === 'change' ? { ...hand, until: hand.since + rule.afterHumanChangeMs } : hand))
    .filter(({ until }) => until === undefined || until > now.wallMs)
}

const IS_ON: Readonly<Record<Hand['kind'], (rule: HandsOff) => boolean>> = {
  silence: ({ silenced }) => silenced,
  acknowledged: ({ acknowledged }) => acknowledged,
  change: ({ afterHumanChangeMs }) => afterHumanChangeMs > 0,
  rollout: ({ rolloutInProgress }) => rolloutInProgress,
}

/** What a deployment or a person has announced, and is not over. A change that was seen is a hand of its own kind. */
function announced({ disturbances }: Pick<Ledger, 'disturbances'>, now: Moment): Hand[] {
  return disturbances
    .filter((one) => isSaid(one) && !one.shadow && !one.endedAt)
    .flatMap(({ id, target, by, reason, since, forMs }) => {
      const leftMs = forMs === undefined ? undefined : forMs - elapsedMs(since, now)
      if (leftMs !== undefined && leftMs <= 0) return []
      const until = leftMs === undefined ? {} : { until: now.wallMs + leftMs }
      const ends = `kintsugi announce --end ${id} --reason TEXT`
      return [{ kind: 'rollout' as const, target, who: by, what: reason, since: since.wallMs, ...until, ends }]
    })
}

const WORDS: Readonly<Record<Hand['kind'], string>> = {
  silence: 'silenced by',
  acknowledged: 'acknowledged by',
  change: 'changed by',
  rollout: 'a rollout is under way, of',
}

/** In words: what, of whom, on what, since when and until when. */
function handText({ kind, target, who, what, since, until }: Hand): string {
  if (kind === 'silence' && !target) return `${what}, since ${timeText(since)}`
  const end = until === undefined ? '' : ` until ${timeText(until)}`
  return `${WORDS[kind]} ${who}${target ? ` on ${target}` : ''} since ${timeText(since)}${end}: ${what}`
}

function endText(hand: Hand, now: Moment): string {
  const { kind, until } = hand
  if (until === undefined) return howToEnd(hand)
  const left = `in ${durationText(until - now.wallMs)}`
  return kind === 'change' ? left : `${left}, or ${howToEnd(hand)}`
}

/** What ends it before its time, in words. */
export function howToEnd({ kind, ends }: Hand): string {
  return ends ?? HOW_TO_END[kind]
}

const HOW_TO_END: Readonly<Record<Hand['kind'], string>> = {
  silence: 'when the silence is expired in Alertmanager',
  acknowledged: 'kintsugi release INCIDENT',
  change: 'limits.handsOff.afterHumanChange in kintsugi.yaml',
  rollout: 'when the rollout is over',
}
