import { isDeepStrictEqual } from 'node:util'
import { nextIncident } from '../../../src/domain/incident-fold.ts'
import type { Incident } from '../../../src/domain/incident.ts'
import type { Law } from './law.ts'

/** How long an incident may be open with nothing under way and no reason given. */
const UNEXPLAINED_MS = 6000

/**
 * Invariant 9, as far as a run shows it: the engine knows nothing of an incident that the record does not, every
 * incarnation and configuration is announced, and where nothing is being done the record says why.
 */
export const explained: Law = {
  name: '9 the record is complete',
  watch({ sim, fail, onEntry, onTick }) {
    const told = new Map<string, Incident>()
    const idleSince = new Map<string, number>()
    let announced = 0
    let config = ''
    onEntry(({ body, incident, run, moment, life }) => {
      if (body.kind === 'owner-started') announced = life
      if (body.kind === 'config-loaded') config = body.digest
      if (incident === undefined) return
      const at = { body, incident, at: moment, ...(run !== undefined && { run }) }
      const next = nextIncident(told.get(incident), at)
      if (next && next.status !== 'resolved') told.set(incident, next)
      else told.delete(incident)
    })
    onTick(() => {
      const { life, clock, store } = sim
      const engine = life?.running?.engine
      if (!engine || life.isDead || life.inFlight > 0) return idleSince.clear()
      if (announced !== life.n) fail(`life ${life.n} was never announced`)
      if (config !== engine.settings.digest) fail(`a configuration is in force that was never announced`)
      const known = new Map(engine.incidents.open().map((incident) => [incident.id, incident]))
      if (!areSame(known, told)) fail(`the engine knows ${texts(known)}, the record says ${texts(told)}`)
      if (store.state !== 'ok') return idleSince.clear()
      for (const incident of known.values()) {
        const isIdle =
          !engine.proposing.has(incident.id) &&
          incident.attempts.every(({ outcome }) => outcome !== undefined) &&
          incident.status !== 'escalated'
        if (!isIdle || incident.waitingFor.length > 0) idleSince.delete(incident.id)
        else if (!idleSince.has(incident.id)) idleSince.set(incident.id, clock.trueMs())
        if (clock.trueMs() - (idleSince.get(incident.id) ?? Infinity) > UNEXPLAINED_MS) {
          fail(`${incident.id} is ${incident.status}, nothing is done, and nothing says why`)
        }
      }
    })
  },
}

/** Incidents are values: two that were once found the same stay so. */
const same = new WeakMap<Incident, Incident>()

function areSame(known: ReadonlyMap<string, Incident>, told: ReadonlyMap<string, Incident>): boolean {
  if (known.size !== told.size) return false
  for (const [id, ours] of told) {
    const theirs = known.get(id)
    if (theirs !== undefined && same.get(ours) === theirs) continue
    if (!isDeepStrictEqual(theirs, ours)) return false
    if (theirs !== undefined) same.set(ours, theirs)
  }
  return true
}

function texts(incidents: ReadonlyMap<string, Incident>): string {
  const texts = [...incidents.values()].map(
    ({ id, status, attempts, findings, waitingFor }) =>
      `${id} ${status} ${attempts.map(({ outcome }) => outcome).join('/')} ${findings.length} findings, waiting for ${waitingFor.join()}`,
  )
  return `[${texts.join('; ')}]`
}
