import fc from 'fast-check'
import { rmSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { Lock, Write } from '../domain/ledger.ts'
import { ConflictError } from '../domain/errors.ts'
import { commitOf, momentAt, newFolder, WEB } from '../../test/store/sample.ts'
import { openRecord } from './record.ts'

/** A small tree: a shop, its services, their instances; locking one also marks what it is part of. */
const TREE: Record<string, readonly string[]> = {
  shop: [],
  web: ['shop'],
  api: ['shop'],
  'web-1': ['web', 'shop'],
  'web-2': ['web', 'shop'],
  'api-1': ['api', 'shop'],
}
const related = (a: string, b: string): boolean => a === b || (TREE[a] ?? []).includes(b) || (TREE[b] ?? []).includes(a)

const step = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ run: fc.constantFrom('r1', 'r2', 'r3'), target: fc.constantFrom(...Object.keys(TREE)) }),
  },
  { weight: 1, arbitrary: fc.record({ run: fc.constantFrom('r1', 'r2', 'r3'), target: fc.constant(undefined) }) },
)

test('two runs never hold related targets, and a lock is refused only for that', async () => {
  const folder = newFolder()
  const record = await openRecord({
    folder,
    moment: () => momentAt(0),
    inProcess: true,
    synchronous: 'off',
    reserveBytes: 0,
  })
  const write = (write: Write) => record.commit(commitOf('step', [write]))
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (steps) => {
      for (const run of ['r1', 'r2', 'r3']) await write({ do: 'unlock', run })
      let model: { run: string; target: string }[] = []
      for (const { run, target } of steps) {
        if (target === undefined) {
          await write({ do: 'unlock', run })
          model = model.filter((held) => held.run !== run)
          continue
        }
        const taking = write({ do: 'lock', run, own: [target], within: TREE[target] ?? [] })
        if (model.some((held) => held.run !== run && related(held.target, target))) {
          await expect(taking).rejects.toThrow(ConflictError)
        } else {
          await taking
          model.push({ run, target })
        }
        expect((await record.ledger(WEB)).locks).toEqual(locksOf(model))
      }
    }),
    { numRuns: 100 },
  )
  await record.close()
  rmSync(folder, { recursive: true })
})

function locksOf(model: readonly { run: string; target: string }[]): Lock[] {
  const locks = new Map<string, Lock>()
  const put = (lock: Lock): void => void locks.set(`${lock.run} ${lock.resource}`, lock)
  for (const { run, target } of model) for (const resource of TREE[target] ?? []) put({ resource, run, mode: 'within' })
  for (const { run, target } of model) put({ resource: target, run, mode: 'own' })
  return [...locks.keys()].sort().map((key) => locks.get(key)!)
}
