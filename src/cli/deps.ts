import type { Api } from '../api/contract.ts'
import type { Remote } from '../api/remote.ts'
import type { Config } from '../config/config.ts'
import type { Status } from '../domain/operator.ts'
import type { RecordReader } from '../domain/ports.ts'
import type { ResourceRef } from '../domain/resource.ts'
import type { Account } from '../engine/proof/account.ts'
import type { Played } from '../engine/policy-tests/play.ts'
import type { ReplayReport } from '../engine/replay/report.ts'
import type { Moment } from '../lib/clock.ts'
import type { BackupReport } from '../store/backup.ts'
import type { PublishedHead } from '../store/heads.ts'
import type { RestoreOrder, RestoreReport } from '../store/restore.ts'
import type { Verification } from '../store/verify.ts'

/** What every command may be given: which configuration, which data folder instead of the configured one. */
export type Where = { readonly configPath: string; readonly dataDir?: string }

/** What is to be recorded of what comes in, for `kintsugi replay`. */
export type RecordSignals = { readonly folder: string; readonly keepMs: number; readonly mostBytes: number }

/** One thing that `doctor` looked at. `blind`: it is a source or connector that cannot be seen now. */
export type Check = {
  readonly name: string
  readonly ok: boolean
  readonly detail: string
  readonly fix?: string
  readonly blind?: boolean
}

/** As they were typed: the lab reads them. */
export type DemoOptions = { readonly basePort?: string }

/** What is to be replayed. Times are epoch milliseconds. */
export type ReplayAsked = {
  readonly configPath: string
  /** A whole configuration, or policies that take the place of the configuration's. */
  readonly policyFile?: string
  /** A folder with what `serve --record-signals` wrote; without it a Prometheus is asked. */
  readonly recording?: string
  /** The Prometheus, instead of the configured one. */
  readonly source?: string
  /** Received alerts, as lines of JSON. */
  readonly alertsFile?: string
  /** What existed, beside what is known otherwise. */
  readonly targetsFile?: string
  readonly fromMs?: number
  /** Absent: until now, or where the recording ends. */
  readonly toMs?: number
  readonly stepMs?: number
  /** Called now and then with the share that is done, from 0 to 1. */
  readonly onProgress?: (share: number) => void
}

/** Called once the owner runs and has looked at the world. */
export type Started = (status: Status) => void

/** What became of deriving the decisions of a run or an incident again. */
export type Proof = {
  readonly subject: string
  /** The chain holds, and every decision derived again is the same. */
  readonly proven: boolean
  readonly chain: Verification
  /** The version that derived. */
  readonly version: string
  readonly account?: Account
  /** Why there is none. */
  readonly problem?: string
}

/** All that the command line does to the world, handed in by `main.ts`; the CLI constructs nothing itself. */
export type CliDeps = {
  readonly out: (text: string) => void
  /** As `out`, for what is long: resolves once the text has been taken, with false when nobody reads any more. */
  readonly send: (text: string) => Promise<boolean>
  readonly err: (text: string) => void
  /** The machine's clocks, unless a test has its own. */
  readonly moment?: () => Moment
  readonly version: string
  /** The person at the keyboard, as the record shall name them. */
  readonly user: string
  /** Prints stack traces (`KINTSUGI_DEBUG`). */
  readonly debug: boolean
  /** Resolves when it has drained. */
  readonly serve: (where: Where, started: Started, recordSignals?: RecordSignals) => Promise<void>
  readonly demo: (options: DemoOptions, started: Started) => Promise<void>
  /** Runs the lab as a process of its own and answers its exit code. */
  readonly lab: (args: readonly string[]) => Promise<number>
  /** Throws UsageError with one line for each problem of the file, or when there is no such file. */
  readonly loadConfig: (path: string) => Promise<Config>
  /** A text file, by its path; throws when it cannot be read. */
  readonly readText: (path: string) => string
  /** Every target that the connectors of a configuration know now; one that cannot look knows none. */
  readonly knownNow: (config: Config) => Promise<readonly ResourceRef[]>
  /** What is wrong with the key file that a configuration names, and what to do. */
  readonly keyProblem: (keyFile: string | undefined) => { readonly problem: string; readonly fix: string } | undefined
  readonly doctor: (where: Where) => Promise<readonly Check[]>
  /** Plays the tests of one file; throws UsageError with one line for each problem of it. */
  readonly playPolicyTests: (file: string) => Promise<readonly Played[]>
  /** Replays a time that has passed; throws UsageError for what cannot be meant. */
  readonly replay: (asked: ReplayAsked) => Promise<ReplayReport>
  /** A terminal on which progress may be shown; absent where standard error is none. */
  readonly progress?: (text: string) => void
  /**
   * Opens the record read-only, whether or not an owner runs; throws TerminalError when there is none. Without a key file
   * that can be read, what is encrypted stays so.
   */
  readonly openReader: (dataDir: string, keyFile?: string) => RecordReader & { close(): void }
  readonly verifyRecord: (dataDir: string, heads: readonly PublishedHead[]) => Verification
  readonly prove: (dataDir: string, subject: string) => Promise<Proof>
  readonly backupRecord: (dataDir: string, file: string) => Promise<BackupReport>
  readonly restoreRecord: (order: RestoreOrder) => Promise<RestoreReport>
  /** Epoch milliseconds. */
  readonly now: () => number
  readonly sleep: (ms: number) => Promise<void>
  /** A text file, undefined where there is none; throws when it cannot be read. */
  readonly readIfThere: (path: string) => string | undefined
  readonly writeText: (path: string, text: string) => void
  /** Resolves once the body was taken. */
  readonly postJson: (url: string, body: object) => Promise<void>
  readonly callOwner: (socketPath: string) => Api
  readonly callRemote: (remote: Remote) => Api
}
