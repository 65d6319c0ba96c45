import type { Api } from '../api/contract.ts'
import { NoOwnerError } from '../api/client.ts'
import { remoteReader } from '../api/remote-reader.ts'
import { socketPathIn } from '../api/socket.ts'
import type { Config } from '../config/config.ts'
import { messageOf, UsageError } from '../domain/errors.ts'
import type { Ledger } from '../domain/ledger.ts'
import type { Status } from '../domain/operator.ts'
import type { RecordReader } from '../domain/ports.ts'
import { isRef, parseRef, type ResourceRef } from '../domain/resource.ts'
import { shownReader } from '../engine/concealed.ts'
import { elapsedMs, type Moment } from '../lib/clock.ts'
import { redactorOf } from '../lib/redact.ts'
import type { Unseen } from './banner.ts'
import type { CliDeps, Where } from './deps.ts'
import { jsonText } from './text.ts'

/** What the options of every command say, before or after it. */
export type Globals = {
  readonly config: string
  readonly data?: string
  /** A Kintsugi elsewhere, and the file with the token for it. */
  readonly url?: string
  readonly tokenFile?: string
  readonly output: 'json' | 'table'
}

/** What a command works with. */
export type Context = {
  readonly deps: CliDeps
  readonly globals: Globals
  /** When the command was given. */
  readonly now: Moment
}

export function whereOf({ globals }: Context): Where {
  return { configPath: globals.config, ...(globals.data !== undefined && { dataDir: globals.data }) }
}

/** The configuration; throws UsageError when the file has problems. */
export function configOf({ deps, globals }: Context): Promise<Config> {
  return deps.loadConfig(globals.config)
}

/** `--data`, else what the configuration says. */
export async function dataDirOf(context: Context): Promise<string> {
  return context.globals.data ?? (await configOf(context)).dataDir
}

/** The running owner: elsewhere where `--url` says so, else that of the data folder. */
export async function ownerOf(context: Context): Promise<Api> {
  const { url } = context.globals
  if (url !== undefined) return callAt(context, url)
  return context.deps.callOwner(socketPathIn(await dataDirOf(context)))
}

/** A Kintsugi elsewhere, with the token that was given for it. */
export function callAt(context: Context, url: string, patienceMs?: number): Api {
  const { tokenFile } = context.globals
  const token = tokenFile === undefined ? {} : { token: tokenIn(context, tokenFile) }
  return context.deps.callRemote({ url, ...token, ...(patienceMs !== undefined && { patienceMs }) })
}

function tokenIn({ deps }: Context, file: string): string {
  let text: string
  try {
    text = deps.readText(file).trim()
  } catch (cause) {
    throw new UsageError(`cannot read the token: ${messageOf(cause)}; name its file with --token-file`, { cause })
  }
  if (/^[\x21-\x7e]+$/.test(text)) return text
  throw new UsageError(`the file ${file} holds no token: one line without spaces`)
}

/** What is done with the files of a data folder is done on its machine. Throws UsageError where another was named. */
export function mustBeHere({ globals }: Context, what: string): void {
  if (globals.url !== undefined) throw new UsageError(`${what} on the machine itself: without --url and KINTSUGI_URL`)
}

/** Runs `use` over the record, opened read-only, or read from elsewhere, and closes it whatever happens. `asStored`: nothing of it is decrypted. */
export async function withReader<T>(
  context: Context,
  use: (reader: RecordReader) => Promise<T>,
  { asStored = false }: { readonly asStored?: boolean } = {},
): Promise<T> {
  if (context.globals.url !== undefined) return use(remoteReader(await ownerOf(context)))
  const keyFile = asStored
    ? undefined
    : await configOf(context).then(
        (config) => config.keyFile,
        () => undefined,
      )
  const reader = context.deps.openReader(await dataDirOf(context), keyFile)
  try {
    return await use(shownReader<RecordReader>(reader, redactorOf()))
  } finally {
    reader.close()
  }
}

/** The name in full; short forms need the configuration, which says which connectors there are. */
export async function targetOf(context: Context, text: string): Promise<ResourceRef> {
  return isRef(text)
    ? text
    : parseRef(
        text,
        (await configOf(context)).connectors.map(({ name }) => name),
      )
}

/** What is said to whoever keeps still, or charges, something that is not known now: a typing error keeps nothing still. */
export async function unknownNote(owner: Api, target: ResourceRef): Promise<string> {
  const known = await owner.targets({}).catch((): undefined => undefined)
  if (!known || known.some((one) => one.target === target)) return ''
  return `\nNOTE: nothing that is known now is called ${target}; is it mistyped? kintsugi get targets lists what is known`
}

/** The owner's own status; without an owner, what the record alone can tell. */
export async function sightOf(context: Context, reader?: RecordReader): Promise<Status | Unseen> {
  const owner = await ownerOf(context)
  try {
    return await owner.status({})
  } catch (error) {
    const unseen = error instanceof NoOwnerError ? 'no owner answers' : 'the owner did not say'
    const pause = reader && (await ledgerOf(context, reader)).pause
    return { unseen, ...(pause && { pause }) }
  }
}

/** Nobody in particular: holds, latches, locks and the pause are the same for all owners. */
const NOBODY: ResourceRef = 'none:none/none/none'

/** The ledger of an owner, without the holds whose time has passed. */
export async function ledgerOf({ now }: Context, reader: RecordReader, owner: ResourceRef = NOBODY): Promise<Ledger> {
  const ledger = await reader.ledger(owner)
  return { ...ledger, holds: ledger.holds.filter(({ since, forMs }) => elapsedMs(since, now) < forMs) }
}

/** One document for programs, or text for people. */
export function print({ deps, globals }: Context, json: unknown, text: string): void {
  deps.out(`${globals.output === 'json' ? jsonText(json) : text}\n`)
}
