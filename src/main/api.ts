import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { RecordCheck } from '../api/contract/record.ts'
import type { Links } from '../api/links.ts'
import { socketPathIn } from '../api/socket.ts'
import { startApi, type ApiDeps, type RunningApi } from '../api/start.ts'
import type { Config } from '../config/config.ts'
import { shownConfig } from '../config/shown.ts'
import type { RecordPort } from '../domain/ports.ts'
import type { Feed } from '../engine/feed.ts'
import type { Running } from '../engine/start.ts'
import type { Log } from '../lib/log.ts'
import type { Redactor } from '../lib/redact.ts'
import { verifyRecordBeside } from '../store/verify.ts'

/** Serves a running engine to people and machines, by the configuration in force. */
export function serveApi(x: {
  readonly running: Running
  readonly record: RecordPort
  readonly feed: Feed
  readonly config: () => Config
  /** The data folder. */
  readonly folder: string
  readonly metrics: () => Promise<string>
  readonly intakes: Pick<ApiDeps, 'alerts' | 'signals'>
  readonly links: Links
  readonly redact: Redactor
  /** The lab's control server, in the demo. */
  readonly lab: string | undefined
  readonly log: Log
}): Promise<RunningApi> {
  const { running, record, feed, config, folder, metrics, intakes, links, redact, lab, log } = x
  return startApi({
    operator: running.operator,
    reader: record,
    metrics,
    ...intakes,
    feed,
    access: config,
    config: () => shownConfig(config()),
    verify: verifier(folder),
    links,
    redact,
    web: consoleFolder(),
    ...(lab !== undefined && { lab }),
    socketPath: socketPathIn(folder),
    listen: config().listen,
    log,
  })
}

/** Checks the record of a folder; whoever asks meanwhile gets the same answer. */
function verifier(folder: string): () => Promise<RecordCheck> {
  let underWay: Promise<RecordCheck> | undefined
  const check = async (): Promise<RecordCheck> => {
    const { problems, ...found } = await verifyRecordBeside(folder)
    return { ...found, ...(problems[0] !== undefined && { problem: problems[0] }) }
  }
  return () => (underWay ??= check().finally(() => (underWay = undefined)))
}

/** Where the build puts the console: beside the built sources, whether this runs from them or from the sources themselves. */
function consoleFolder(): string {
  const root = extname(new URL(import.meta.url).pathname) === '.ts' ? '../../dist' : '../..'
  return fileURLToPath(new URL(`${root}/web`, import.meta.url))
}
