import { expect, test } from 'vitest'
import { findingOn, look, step } from '../../test/correlation-world.ts'
import { API, WEB, WEB_1, WEB_2 } from '../../test/gate-world.ts'
import type { Finding } from '../domain/finding.ts'
import type { ResourceRef } from '../domain/resource.ts'
import { endedOf, RETURN_WITHIN_MS } from './flapping.ts'

const unusualOn = (target: ResourceRef, more: Partial<Finding> = {}): Finding =>
  findingOn(target, { fingerprint: `u ${target}`, policy: 'unusual', lead: 'unusual', severity: 'info', ...more })

test('what is only unusual is an incident of its own, and ends by itself', () => {
  const open = step([], [unusualOn(WEB_1)])
  expect(open).toMatchObject([{ owner: WEB, severity: 'info' }])
  expect(step(open, [unusualOn(WEB_1), unusualOn(WEB_2)])[0]?.findings).toHaveLength(2)
  expect(look(open, [])).toMatchObject([{ status: 'resolved', endedBy: 'itself' }])
})

test('trouble has its own incident, and takes with it what was unusual there', () => {
  const suspected = step([], [unusualOn(WEB_1)])
  const after = look(suspected, [unusualOn(WEB_1), findingOn(WEB_2)])
  expect(after.map(({ status }) => status)).toEqual(['resolved', 'open'])
  expect(after[1]?.findings.map(({ policy }) => policy)).toEqual(['up', 'unusual'])
})

test('what is unusual elsewhere stays where it is', () => {
  const open = step([], [unusualOn(API), findingOn(WEB_1)])
  expect(open.map(({ owner }) => owner)).toEqual([WEB, API])
})

test('nothing that is merely unusual keeps trouble open, nor opens it again', () => {
  const open = step([], [unusualOn(WEB_1), findingOn(WEB_1)])
  const [quiet] = look(open, [unusualOn(WEB_1)], { now: 10 })
  expect(quiet?.findings).toEqual([])
  const [closed] = look([quiet!], [unusualOn(WEB_1)], { now: 20 })
  expect(closed?.status).toBe('resolved')
  const ended = [endedOf(closed!)!]
  expect(look([], [unusualOn(WEB_2)], { now: 30, ended })).toEqual([])
  expect(look([], [unusualOn(WEB_2)], { now: 30 + RETURN_WITHIN_MS, ended })).toHaveLength(1)
})

test('what becomes graver is news', () => {
  const open = step([], [unusualOn(WEB_1)])
  expect(step(open, [unusualOn(WEB_1, { severity: 'warning' })])).toMatchObject([{ severity: 'warning' }])
})
