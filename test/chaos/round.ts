import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Entry } from '../../src/domain/entry.ts'
import type { ResourceRef } from '../../src/domain/resource.ts'
import { openReader } from '../../src/store/reader.ts'
import { verifyRecord } from '../../src/store/verify.ts'
import type { Fault } from '../../lab/faults/fault.ts'
import { faults } from '../../lab/faults/registry.ts'
import { dataDirOf } from '../../lab/kintsugi.ts'
import { noted } from '../../lab/processes.ts'
import { randomFrom } from '../../src/lib/random.ts'
import { followRecord, type FollowedRecord } from '../../lab/record.ts'
import { effectsOn } from '../../lab/rounds/stage.ts'
import type { Load } from '../../lab/load/load.ts'
import type { Shop } from '../../lab/shop/shop.ts'
import { runsOf, violationsOf, type Evidence } from './checks.ts'
import { drawRound, phaseOf, type Draw, type Kill, type Phase } from './kills.ts'
import { prepare, serve, type Kintsugi, type Place } from './kintsugi.ts'

/** A shop with users, which many rounds may be played on. */
export type Stage = { readonly shop: Shop; readonly load: Load; readonly basePort: number }

/** How one round went. Times are milliseconds. */
export type RoundResult = {
  readonly seed: number
  readonly fault: string
  readonly victim: string
  readonly kills: readonly { readonly aim: string; readonly phase: Phase; readonly afterMs: number }[]
  readonly outcomes: readonly string[]
  /** From the last start of Kintsugi to the end of the last run; null when that end was on record by then. */
  readonly recoveryMs: number | null
  readonly effects: number
  readonly tookMs: number
  readonly violations: readonly string[]
}

export type Played = { readonly result: RoundResult; readonly evidence: Evidence }

const OVER_WITHIN_MS = 120_000
const CALM_REQUESTS = 100
const CALM_WITHIN_MS = 30_000
const LOOK_EVERY_MS = 2
const NOBODY: ResourceRef = 'lab:none/none/none'

/** A round under way: the Kintsugi that lives now, and what the record shows. */
type Scene = {
  readonly place: Place
  readonly shop: Shop
  readonly fault: Fault
  readonly injectedAt: number
  readonly reader: ReturnType<typeof openReader>
  readonly record: FollowedRecord
  readonly remarks: string[]
  readonly killed: { aim: string; phase: Phase; afterMs: number }[]
  kintsugi: Kintsugi
  startedAt: number
}

/** Breaks one instance, kills Kintsugi while it heals, starts it again, and looks at what is left when all is over. */
export async function playRound({ shop, load, basePort }: Stage, seed: number, dir: string): Promise<Played> {
  const began = Date.now()
  const random = randomFrom(seed)
  const draw = drawRound(seed, random)
  const place = freshPlace({ dir, basePort, shopDir: shop.dir })
  const kintsugi = serve(place)
  try {
    await kintsugi.untilReady()
    await untilCalm(load)
    const [before, effectsBefore] = [await processesOf(shop), await effectsOn(shop)]
    const scene = await broken({ place, shop, kintsugi }, draw, (faults[draw.fault] ?? missing)(random))
    const { victim, evidence } = await played(scene, draw, { before, known: effectsBefore.length })
    const runs = runsOf(evidence.entries)
    const endedAt = runs.at(-1)?.endedAt ?? 0
    const isRecovered = scene.killed.length > 0 && endedAt > scene.startedAt
    const result = {
      seed,
      fault: draw.fault,
      victim,
      kills: scene.killed,
      outcomes: runs.flatMap(({ outcomes }) => outcomes),
      recoveryMs: isRecovered ? endedAt - scene.startedAt : null,
      effects: evidence.effects.length,
      tookMs: Date.now() - began,
      violations: violationsOf(evidence),
    }
    return { result, evidence }
  } catch (thrown) {
    await kintsugi.kill()
    throw thrown
  }
}

function freshPlace(place: Place): Place {
  rmSync(place.dir, { recursive: true, force: true })
  mkdirSync(place.dir, { recursive: true })
  prepare(place, { healthyFor: '2200ms', within: '10s' })
  return place
}

async function broken(
  { place, shop, kintsugi }: Pick<Scene, 'place' | 'shop' | 'kintsugi'>,
  draw: Draw,
  fault: Fault,
): Promise<Scene> {
  const [reader, record] = [openReader(dataDirOf(place)), followRecord(dataDirOf(place))]
  await sleep(draw.injectAfterMs)
  await fault.inject(shop)
  const now = Date.now()
  return { place, shop, fault, injectedAt: now, reader, record, remarks: [], killed: [], kintsugi, startedAt: now }
}

async function played(
  scene: Scene,
  draw: Draw,
  x: { readonly before: ReadonlyMap<string, string>; readonly known: number },
): Promise<{ victim: string; evidence: Evidence }> {
  try {
    for (const kill of draw.kills) await killAndRestart(scene, kill)
    await scene.kintsugi.untilReady()
    if (!(await until(scene, () => isOver(scene)))) {
      scene.remarks.push(`not over ${OVER_WITHIN_MS / 1000} s after the fault: ${phaseOf(await entriesOf(scene))}`)
    }
    const exit = await scene.kintsugi.stop()
    if (exit !== 0) scene.remarks.push(`told to stop, Kintsugi ended with ${exit}`)
    return { victim: scene.fault.truth.instance, evidence: await evidenceOf(scene, x) }
  } finally {
    await scene.kintsugi.kill()
    scene.reader.close()
    scene.record.close()
    if (await scene.fault.present(scene.shop)) await scene.fault.undo(scene.shop)
  }
}

async function killAndRestart(scene: Scene, { aim, delayMs, downMs }: Kill): Promise<void> {
  const isReached = await until(scene, async () => aim.isReached(await entriesOf(scene)))
  if (!isReached) return void scene.remarks.push(`the moment to kill, '${aim.name}', never came`)
  await sleep(delayMs)
  const why = scene.kintsugi.lost()
  if (why !== undefined) scene.remarks.push(why)
  const outlived = scene.kintsugi.kill()
  const afterMs = Date.now() - scene.injectedAt
  scene.remarks.push(...(await outlived))
  scene.killed.push({ aim: aim.name, phase: phaseOf(await entriesOf(scene)), afterMs })
  await sleep(downMs)
  scene.startedAt = Date.now()
  scene.kintsugi = serve(scene.place)
}

/** False when it was never so until the round's time was up. */
async function until(scene: Scene, isSo: () => Promise<boolean>): Promise<boolean> {
  for (; Date.now() < scene.injectedAt + OVER_WITHIN_MS; await sleep(LOOK_EVERY_MS)) if (await isSo()) return true
  return false
}

async function isOver({ record, reader, fault, shop }: Scene): Promise<boolean> {
  const entries = await record.entries()
  if (!entries.some(({ kind }) => kind === 'run-ended')) return false
  if ((await reader.openRuns()).length + (await reader.openIncidents()).length > 0) return false
  return !(await fault.present(shop))
}

/** What is new is read, and no more: it is asked every few milliseconds, beside a Kintsugi that needs the processor. */
function entriesOf({ record }: Scene): Promise<readonly Entry[]> {
  return record.entries()
}

async function evidenceOf(
  scene: Scene,
  { before, known }: { readonly before: ReadonlyMap<string, string>; readonly known: number },
): Promise<Evidence> {
  const { reader, shop, fault, place } = scene
  const entries = await reader.entries({})
  scene.remarks.push(...lostFrom(entries, await entriesOf(scene)))
  const owners = new Set(entries.flatMap(({ body }) => (body?.kind === 'run-started' ? [body.plan.owner] : [])))
  const ledgers = await Promise.all([...owners].map((owner) => reader.ledger(owner)))
  return {
    entries,
    locks: (await reader.ledger(NOBODY)).locks,
    attempts: ledgers.flatMap(({ attempts }) => attempts),
    openRuns: (await reader.openRuns()).length,
    openIncidents: (await reader.openIncidents()).length,
    verification: verifyRecord(dataDirOf(place)),
    effects: (await effectsOn(shop)).slice(known),
    before,
    after: await processesOf(shop),
    victim: fault.truth.instance,
    isFaultPresent: await fault.present(shop),
    killedAt: scene.killed.map(({ afterMs }) => scene.injectedAt + afterMs),
    remarks: scene.remarks,
  }
}

/** What a reader beside Kintsugi once saw durable must stand there for ever, whoever was killed. */
function lostFrom(entries: readonly Entry[], seen: readonly Entry[]): string[] {
  const kept = new Map(entries.map(({ seq, chain }) => [seq, chain]))
  const lost = seen.filter(({ seq, chain }) => kept.get(seq) !== chain)
  return lost.map(({ seq, kind }) => `entry ${seq} (${kind}) was on record, and is not any more`)
}

/** The identity of every process of the shop, shims and users included, by name; Kintsugi's own left out. */
async function processesOf(shop: Shop): Promise<Map<string, string>> {
  const states = await Promise.all(shop.instances.map((instance) => instance.state()))
  const names = new Set(shop.instances.map(({ name }) => name))
  const others = [...noted(shop.dir)]
    .filter(([name]) => name !== 'kintsugi' && !names.has(name))
    .map(([name, { bootId, pid, startTime }]) => [name, `${bootId}/${pid}/${startTime}`] as const)
  return new Map([...others, ...states.map(({ instance, identity }) => [instance, identity] as const)])
}

/** The shop does not come to rest: nothing that is done to it then would say anything. */
export class RestlessShopError extends Error {
  override readonly name = 'RestlessShopError'
}

async function untilCalm(load: Load): Promise<void> {
  for (const until = Date.now() + CALM_WITHIN_MS; Date.now() < until; await sleep(50)) {
    const newest = load.requests().slice(-CALM_REQUESTS)
    if (newest.length === CALM_REQUESTS && newest.every(({ ok }) => ok)) return
  }
  throw new RestlessShopError('the shop does not serve its users without any fault: is the machine too busy?')
}

function missing(): never {
  throw new TypeError('the lab has no such fault')
}

/** Keeps what is needed to look into a round afterwards; the record and the log are in the folder already. */
export function keepEvidence(dir: string, { result, evidence }: Played): void {
  const { before, after, ...rest } = evidence
  const written = { ...result, evidence: { ...rest, before: [...before], after: [...after] } }
  writeFileSync(`${dir}/round.json`, `${JSON.stringify(written, null, 2)}\n`)
}
