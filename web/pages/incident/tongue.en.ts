import type { ResourceRef } from '../../../src/domain/resource.ts'
import { provedByUsers, type Deed, type Stand } from './stand.ts'
import type { Symptom } from './symptom.ts'
import {
  isReason,
  namedLast,
  shortName,
  type Say,
  type Surety,
  type Telling,
  type Thing,
  type Tongue,
} from './tongue.ts'

/** `it`: as object or subject; `its`: whose something is. */
type Named = { readonly it: string; readonly its: string }

const FORMS = ['do', 'did', 'done', 'doing'] as const
type Form = (typeof FORMS)[number]
type Verb = (form: Form, named: Named) => string

/** A verb in its four forms, `take took taken taking`, and what it is done to. */
const verb =
  (forms: string, what: (named: Named) => string): Verb =>
  (form, named) =>
    `${forms.split(' ')[FORMS.indexOf(form)]} ${what(named)}`

const RUN = 'run ran run running'
const RESTART = 'restart restarted restarted restarting'
const LIMIT = 'limit limited limited limiting'
const TAKE = 'take took taken taking'

const VERBS: Readonly<Record<string, Verb>> = {
  'change-config': verb('change changed changed changing', ({ its }) => `${its} configuration`),
  'clean-disk': verb('clean cleaned cleaned cleaning', ({ its }) => `${its} disk`),
  'drain-instance': verb(TAKE, ({ it }) => `${it} out of service`),
  'limit-concurrency': verb(LIMIT, ({ it }) => `how much ${it} does at once`),
  'rate-limit': verb(LIMIT, ({ it }) => `the rate of requests to ${it}`),
  'reset-pool': verb('reset reset reset resetting', ({ its }) => `${its} connection pool`),
  'restart-instance': verb(RESTART, ({ it }) => it),
  'restart-service': verb(RESTART, ({ its }) => `${its} instances one by one`),
  'restore-config': verb('restore restored restored restoring', ({ its }) => `${its} last good configuration`),
  'run-command': verb(RUN, ({ it }) => `the configured command for ${it}`),
  'scale-down': verb(TAKE, ({ it }) => `instances from ${it}`),
  'scale-up': verb('give gave given giving', ({ it }) => `${it} more instances`),
  'shift-traffic': verb('shift shifted shifted shifting', ({ it }) => `traffic away from ${it}`),
  'trip-breaker': verb('cut cut cut cutting', ({ it }) => `${it} off by its circuit breaker`),
  'warm-cache': verb('warm warmed warmed warming', ({ its }) => `${its} cache`),
}

/** Told as past also while it lasts: `is slow because db-1 ran out of connections`. */
const CAUSES: Readonly<Record<string, (named: Named) => string>> = {
  'bad-configuration': ({ it }) => `${it} was given a bad configuration`,
  'cold-cache': ({ its }) => `${its} cache went cold`,
  'cpu-burn': ({ it }) => `${it} burned CPU without having more to do`,
  'cpu-pressure': ({ it }) => `${it} ran short of CPU`,
  'dead-instance': ({ it }) => `${it} stopped running`,
  'deaf-instance': ({ it }) => `${it} went on running but stopped answering`,
  'disk-full': ({ its }) => `${its} disk filled up`,
  'failing-dependency': ({ it }) => `${it} failed whoever depends on it`,
  'disk-failing': ({ it }) => `a disk of ${it} looks like those that fail`,
  'memory-leak': ({ it }) => `${it} leaked memory`,
  'memory-pressure': ({ it }) => `${it} ran short of memory`,
  overload: ({ it }) => `${it} got more work than it can do`,
  'pool-exhausted': ({ it }) => `${it} ran out of connections`,
  'silent-instance': ({ it }) => `${it} stopped answering`,
  'slow-dependency': ({ it }) => `${it} was slow and others waited for it`,
  'slow-storage': ({ its }) => `${its} storage became slow`,
}

const SYMPTOMS: Readonly<Record<Symptom, string>> = {
  down: 'down',
  slow: 'slow',
  failing: 'failing',
  full: 'running out of space',
  due: 'due for maintenance',
  ahead: 'on its way to a limit',
  unwell: 'unwell',
}

const BECAUSE: Readonly<Record<Surety, string>> = {
  sure: 'because',
  likely: 'probably because',
  perhaps: 'perhaps because',
}

function named({ ref, again }: Thing, say: Say): Named {
  if (again) return { it: 'it', its: 'its' }
  const { kind, name } = shortName(ref)
  const it = kind === undefined ? say.name(name) : `the ${say.name(kind)} ${say.name(name)}`
  return { it, its: `${it}'s` }
}

function does(form: Form, remedy: string, target: Thing, say: Say): string {
  const known = Object.hasOwn(VERBS, remedy) ? VERBS[remedy] : undefined
  const who = named(target, say)
  if (known) return known(form, who)
  return verb(RUN, ({ it }) => `${say.name(remedy)} on ${it}`)(form, who)
}

function causeText(cause: string, target: Thing, say: Say): string {
  const who = named(target, say)
  const known = Object.hasOwn(CAUSES, cause) ? CAUSES[cause] : undefined
  return known?.(who) ?? `of ${say.name(cause)} on ${who.it}`
}

function head({ owner, symptom, dueAt, past, cause, stand }: Telling, say: Say): string {
  const who = named({ ref: owner, again: false }, say).it
  if (stand.kind === 'blind') return `Nobody can see now how ${who} is`
  const when = symptom === 'ahead' && dueAt !== undefined ? `, expected at ${say.time(dueAt)}` : ''
  const is = `${who} ${past ? 'was' : 'is'} ${SYMPTOMS[symptom]}${when}`
  if (!cause) return is
  if (cause.cause === 'unknown') return `${is}, and the cause is not known`
  if (!isReason(cause.cause)) return is
  return `${is} ${BECAUSE[cause.surety]} ${causeText(cause.cause, { ref: cause.target, again: cause.target === owner }, say)}`
}

/** Says each stand; `known` is what the sentence has just named, so that a pronoun does. */
function standText(stand: Stand, known: ResourceRef | undefined, say: Say): string {
  const act = (form: Form, plan: Deed['plan']): string =>
    does(form, plan.remedy, { ref: plan.target, again: plan.target === known }, say)
  switch (stand.kind) {
    case 'new':
      return 'Kintsugi has just seen it and is looking for the cause'
    case 'diagnosed':
      return 'nothing has been decided yet'
    case 'blind':
      return 'nothing is concluded, and nothing is done'
    case 'waiting': {
      const { plan, expiresAt } = stand.proposal
      return `Kintsugi would ${act('do', plan)} and waits for your yes until ${say.time(expiresAt)}`
    }
    case 'running':
      return runningText(stand, act, say)
    case 'ended':
      return endedText(stand, act, say)
    case 'kept-out': {
      const word = stand.first?.answer === 'deny' ? 'forbids it' : 'holds it'
      const more = stand.others > 0 ? `, and ${stand.others} more` : ''
      const why = stand.first
        ? `the gate ${say.name(stand.first.gate)} ${word}: ${say.text(stand.first.reason)}${more}`
        : 'it did not run'
      return `Kintsugi would ${act('do', stand.plan)}, but ${why}`
    }
    case 'would-run':
      return `Kintsugi would have ${act('done', stand.plan)}, but is in shadow and wrote nothing`
    case 'called':
      return `Kintsugi called a person: ${say.text(stand.reason)}`
    case 'nothing':
      return `nothing is done: ${say.text(stand.reason)}`
    case 'refused':
      return `${REFUSED[stand.as](stand.by === undefined ? undefined : say.name(stand.by))} (${say.text(stand.reason)})`
    case 'released':
      return `${say.name(stand.by)} released ${say.name(stand.subject)} (${say.text(stand.reason)}), and nothing has been decided since`
    case 'taken-over':
      return `${say.name(stand.by)} took it over at ${say.time(stand.at)} (${say.text(stand.reason)}), and Kintsugi begins nothing more in it`
    case 'quiet':
      return quietText(stand, act, say)
    case 'over':
      return overText(stand, act, say)
  }
}

type Act = (form: Form, plan: Deed['plan']) => string
type Of<Kind extends Stand['kind']> = Extract<Stand, { kind: Kind }>

function runningText({ plan, stage, since, applied, stoppedBy }: Of<'running'>, act: Act, say: Say): string {
  const stop =
    stoppedBy === undefined ? '' : `, and stops at the next safe point because ${say.name(stoppedBy)} took over`
  const from = `(since ${say.time(since)})`
  if (!plan) return `Kintsugi is at work ${from}${stop}`
  switch (stage) {
    case 'preparing':
      return `Kintsugi is about to ${act('do', plan)} ${from}${stop}`
    case 'applying':
      return `Kintsugi is ${act('doing', plan)} ${from}${stop}`
    case 'verifying':
      return `Kintsugi is ${act('doing', plan)} and checks that it takes effect ${from}${stop}`
    case 'comparing':
      return `Kintsugi has begun to ${act('do', plan)}, and compares what it treated with what it left alone ${from}${stop}`
    case 'settling':
      return `Kintsugi has ${act('done', plan)} and is watching whether that helps ${from}${stop}`
    case 'undoing':
      return applied
        ? `Kintsugi had ${act('done', plan)} and is taking that back ${from}`
        : `Kintsugi is taking back what it began ${from}`
  }
}

function did({ plan, at }: Deed, act: Act, say: Say): string {
  return at === undefined ? `Kintsugi began to ${act('do', plan)}` : `Kintsugi ${act('did', plan)} at ${say.time(at)}`
}

/** What came of a deed, said after it. */
function cameOf({ outcome, endedAt, credit }: Deed, say: Say): string {
  const at = endedAt === undefined ? '' : ` at ${say.time(endedAt)}`
  if (outcome === undefined) return ''
  if (credit === 'recovered-alone') return ', and it recovered without that'
  if (credit === 'unknown') return ', and whether that mended it is not known'
  switch (outcome) {
    case 'healed':
      return ', which healed it'
    case 'helped':
      return ', which helped, but not enough'
    case 'rolled-back':
      return `, which did not help, and took it back${at}`
    case 'spent':
      return ', which did not help and cannot be taken back'
    case 'parked':
      return `, and the run was stopped${at}`
    case 'stuck':
      return `, and the run got stuck${at}`
    case 'abandoned':
      return ', and gave up before anything was changed'
  }
}

function endedText({ deed, reason }: Of<'ended'>, act: Act, say: Say): string {
  const what = did(deed, act, say) + cameOf(deed, say)
  switch (deed.outcome) {
    case 'healed':
    case 'spent':
      return what
    case 'helped':
      return `${what}; that stays, and Kintsugi goes on from there`
    case 'rolled-back':
    case 'abandoned':
      return `${what} (${say.text(reason)})`
    case 'parked':
    case 'stuck':
      return `${what} (${say.text(reason)}); its lock stays, and a person has to go on`
  }
}

function who(deed: Deed): string {
  return provedByUsers(deed) ? 'users have' : 'it has'
}

function quietText({ since, returns, deed }: Of<'quiet'>, act: Act, say: Say): string {
  const waits = 'and the incident is closed once that lasts'
  if (returns > 0) {
    const times = returns === 1 ? 'once' : `${returns} times`
    return `it came back ${times}, has been well since ${say.time(since)}, ${waits}`
  }
  const before = deed ? `${did(deed, act, say)}; ${who(deed)}` : 'it has'
  return `${before} been well since ${say.time(since)}, ${waits}`
}

function overText({ endedBy, at, wellSince, deed, wouldRun, takenOverBy }: Of<'over'>, act: Act, say: Say): string {
  const taken = takenOverBy === undefined ? '' : `${say.name(takenOverBy)} took it over; `
  if (endedBy === 'kintsugi') {
    const what = deed ? `${did(deed, act, say)} and ${who(deed)}` : 'it has'
    return `${taken}${what} been well since ${say.time(wellSince)} (healed by us)`
  }
  const before = deed ? `${did(deed, act, say)}${cameOf(deed, say)}; ` : ''
  const shadow = wouldRun ? `; in shadow, Kintsugi would have ${act('done', wouldRun)}` : ''
  const end =
    endedBy === 'itself'
      ? `it ended by itself at ${say.time(at)}`
      : `it has been well since ${say.time(wellSince)}, and who ended it is not known`
  return `${before}${taken}${end}${shadow}`
}

type Refused = Of<'refused'>['as']

/** What became of a proposal, with who did it where a person did. */
const REFUSED: Readonly<Record<Refused, (by: string | undefined) => string>> = {
  rejected: (by) => `${by ?? 'a person'} rejected what Kintsugi proposed`,
  expired: () => 'nobody answered what Kintsugi proposed in time',
  superseded: () => 'what Kintsugi proposed is out of date and was not done',
  withdrawn: (by) => `${by ?? 'Kintsugi'} withdrew what was proposed`,
}

/** English. */
export const en: Tongue = {
  sentence(telling, say) {
    const known = namedLast(telling)
    const unseen = telling.unseen && telling.stand.kind !== 'blind' ? ' (nobody can see it now)' : ''
    return `${head(telling, say)}${unseen}; ${standText(telling.stand, known, say)}.`
  },
  deed: (remedy, target, say) => does('do', remedy, target, say),
  cause: causeText,
}
