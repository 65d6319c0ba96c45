import { setTimeout as sleep } from 'node:timers/promises'
import type { Mode } from '../../src/domain/entry.ts'
import type { Fault } from '../faults/fault.ts'
import { ladderOf } from '../kintsugi.ts'
import { judge, wasFelt, type Judgement } from '../oracle.ts'
import type { Random } from '../random.ts'
import type { FaultResult } from '../report.ts'
import { storyOf, type Story } from '../story.ts'
import { effectsOn, type Stage } from './stage.ts'
import { watch, type Watched } from './watch.ts'

/** A restart is watched this long for harm to users. */
const AFTER_EFFECT_MS = 30_000
/** A hold is watched this long: nothing more may happen. */
const AFTER_HOLD_MS = 10_000
const FREED_WITHIN_MS = 30_000
const CLOSED_WITHIN_MS = 30_000
const WOULD_RUN_WITHIN_MS = 20_000
const PROBE_INTERVAL_MS = 1000

/** Where a round stands: what happened since the injection, seen from all sides. */
type Scene = {
  readonly stage: Stage
  readonly fault: Fault
  readonly injectedAt: number
  story(toMs?: number): Promise<Story>
}

/** Breaks the shop and watches how it is mended, or not. Undefined when no user felt it: then it proves nothing. */
export async function playFault(stage: Stage, fault: Fault, random: Random): Promise<FaultResult | undefined> {
  await sleep(random() * PROBE_INTERVAL_MS) // falls anywhere between two probes
  const injectedAt = Date.now()
  const story = async (toMs = Infinity): Promise<Story> => {
    const entries = await stage.kintsugi.entries()
    return storyOf(
      entries.filter(({ at }) => at.wallMs <= toMs),
      fault.truth,
      injectedAt,
      ladderOf,
    )
  }
  const scene = { stage, fault, injectedAt, story }
  await fault.inject(stage.shop)
  const play = stage.ground.mode === 'shadow' ? playShadow : fault.held ? playHeld : playHealed
  return play(scene)
}

async function playHealed(scene: Scene): Promise<FaultResult | undefined> {
  const { shop } = scene.stage
  const watched = await watchScene(scene, async (absentSince) => {
    if (absentSince === undefined) return false
    const [effects, told] = [await effectsOn(shop), await scene.story()]
    const isSettled = Date.now() > (effects.at(-1)?.at ?? 0) + AFTER_EFFECT_MS
    return isSettled && told.openIncidents === 0 && (await judged(scene, absentSince)).healedAt !== null
  })
  const judgement = await judged(scene, watched.absentSince)
  if (watched.timedOut) await scene.fault.undo(shop)
  return wasFelt(judgement) ? resultOf(scene, await scene.story(), judgement) : undefined
}

async function playHeld(scene: Scene): Promise<FaultResult | undefined> {
  const { shop } = scene.stage
  const latches = scene.fault.held?.latches ?? false
  await watchScene(scene, async () => {
    const { heldAt, latched } = await scene.story()
    return heldAt !== null && (latched || !latches) && Date.now() > heldAt + AFTER_HOLD_MS
  })
  const heldUntil = Date.now()
  const told = await scene.story(heldUntil)
  const freed = latches && told.owner ? await isFreed(scene, told) : undefined
  const judgement = await judged(scene, undefined, {
    allowedRestarts: scene.fault.held?.allowedRestarts ?? 0,
    isHeld: told.heldAt !== null && told.latched === latches && freed !== false,
    until: heldUntil,
  })
  await scene.fault.undo(shop)
  return { ...resultOf(scene, told, judgement), ...(freed !== undefined && { freed }) }
}

/** A person releases the owner: then there must be a new run; it is left to end before the fault is undone. */
async function isFreed(scene: Scene, held: Story): Promise<boolean> {
  await scene.stage.kintsugi.api.release({ subject: held.owner ?? '', reason: 'the lab looked at it', by: 'lab' })
  let runs = held.runs
  for (const until = Date.now() + FREED_WITHIN_MS; Date.now() < until; await sleep(250)) {
    const now = await scene.story()
    runs = now.runs
    if (runs > held.runs && now.openRuns === 0) break
  }
  return runs > held.runs
}

/** In shadow the lab mends the fault itself: the shop must stay untouched, and the incident end by itself. */
async function playShadow(scene: Scene): Promise<FaultResult | undefined> {
  const { shop } = scene.stage
  const until = Date.now() + WOULD_RUN_WITHIN_MS
  await watchScene(scene, async () => (await scene.story()).wouldRun > 0 || Date.now() > until)
  await scene.fault.undo(shop)
  const closeBy = Date.now() + CLOSED_WITHIN_MS
  await watchScene(scene, async () => (await scene.story()).openIncidents === 0 || Date.now() > closeBy)
  const [told, judgement] = [await scene.story(), await judged(scene, undefined)]
  const harm = judgement.effects === 0 ? [] : [`${judgement.effects} effects in shadow`]
  const shadow = { wouldRun: told.wouldRun, closedBy: told.closedBy }
  return wasFelt(judgement) ? { ...resultOf(scene, told, { ...judgement, harm }), shadow } : undefined
}

function watchScene(scene: Scene, isOver: (absentSince: number | undefined) => Promise<boolean>): Promise<Watched> {
  const { fault, injectedAt, stage } = scene
  return watch({ fault, shop: stage.shop, untilMs: injectedAt + fault.limitMs }, isOver)
}

async function judged(
  { stage, fault, injectedAt }: Scene,
  absentSince: number | undefined,
  held?: Parameters<typeof judge>[0]['held'],
): Promise<Judgement> {
  return judge({
    injectedAt,
    comesSlowly: fault.comesSlowly ?? false,
    ...(absentSince !== undefined && { absentSince }),
    strikes: fault.strikes(stage.shop),
    service: stage.shop.instance(fault.truth.instance).service,
    effects: await effectsOn(stage.shop),
    requests: stage.load.requests(),
    ...(held && { held }),
  })
}

function resultOf(scene: Scene, told: Story, judgement: Judgement): FaultResult {
  const { fault, injectedAt, stage } = scene
  const { beganAt } = judgement
  const after = (at: number | null): number | null => (at === null ? null : Math.round(at - beganAt))
  return {
    fault: fault.name,
    expected: fault.expected,
    mode: stage.ground.mode satisfies Mode,
    target: fault.truth.target,
    beganAfterMs: Math.round(beganAt - injectedAt),
    detectedAfterMs: after(told.detectedAt),
    causeRank: told.causeRank,
    healedAfterMs: after(judgement.healedAt),
    stabilisedAfterMs: after(told.stabilisedAt),
    outcome: told.outcome,
    remedy: told.remedy,
    rung: told.rung,
    person: told.person,
    harmful: judgement.harm.length,
    oracle: {
      requests: judgement.requests,
      failedRequests: judgement.failedRequests,
      effects: judgement.effects,
      harm: judgement.harm,
    },
    ...(told.heldBecause !== null && { heldBecause: told.heldBecause }),
  }
}
