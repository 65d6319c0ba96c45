import type { Config } from '../config/config.ts'
import { messageOf } from '../domain/errors.ts'
import type { Clock } from '../lib/clock.ts'
import type { Log } from '../lib/log.ts'
import { doubtAbout, headFileIn, headKeeper } from '../store/head.ts'
import type { OwnedRecord } from '../store/record.ts'

const EVERY_MS = 1000

/** The head of the record, kept beside it and where the operator says: by it a record that was put back is known. */
export type HeadWitness = {
  /** Why the record may not be the newest there was. */
  readonly doubt?: string
  /** Keeps the files up to date until aborted; only once what is in doubt is frozen on record. */
  run(abort: AbortSignal): Promise<void>
  /** Writes the last head down. */
  close(): Promise<void>
}

export async function witnessHead(x: {
  readonly config: Pick<Config, 'self'>
  readonly folder: string
  readonly owned: OwnedRecord
  readonly clock: Clock
  readonly log: Log
}): Promise<HeadWitness> {
  const { config, folder, owned, clock, log } = x
  const { headFile } = config.self
  const files = [headFileIn(folder), ...(headFile === undefined ? [] : [headFile])]
  const doubt = await doubtAbout(owned, files)
  const write = headKeeper(owned, owned.epoch, files)
  let isRunning = false
  let problem: string | undefined
  const keep = async (): Promise<void> => {
    const before = problem
    problem = await write().then(() => undefined, messageOf)
    if (problem !== undefined && problem !== before) log.error({ problem }, 'the head of the record is not witnessed')
  }
  return {
    ...(doubt !== undefined && { doubt }),
    async run(abort) {
      isRunning = true
      while (!abort.aborted) {
        await keep()
        await clock.sleep(EVERY_MS, abort)
      }
    },
    close: async () => {
      if (isRunning) await keep()
    },
  }
}
