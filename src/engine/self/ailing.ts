import type { RecordReader } from '../../domain/ports.ts'
import type { Ailment } from '../../domain/self.ts'
import { note, type Engine } from '../engine.ts'

/** What was wrong with Kintsugi by the last word on record; empty where it was well. */
export async function lastAilments(record: Pick<RecordReader, 'entries'>): Promise<readonly Ailment[]> {
  const [last] = await record.entries({ kinds: ['ailing', 'recovered'], newestFirst: true, limit: 1 })
  return last?.body?.kind === 'ailing' ? last.body.ailments : []
}

/** Writes down what is wrong with Kintsugi itself, whenever that is something else than before: people are told from there. */
export async function watchSelf(engine: Engine): Promise<void> {
  const ailments = engine.ports.ailments?.() ?? []
  const was = engine.ailing
  if (isSame(was, ailments)) return
  const body =
    ailments.length > 0
      ? ({ kind: 'ailing', ailments } as const)
      : ({ kind: 'recovered', from: was.map(({ what }) => what) } as const)
  await note(engine, [body], { closing: true })
  engine.ailing = ailments
}

function isSame(a: readonly Ailment[], b: readonly Ailment[]): boolean {
  return a.length === b.length && a.every(({ what }) => b.some((other) => other.what === what))
}
