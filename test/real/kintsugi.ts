import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { callOwner } from '../../src/api/client.ts'
import type { Api } from '../../src/api/contract.ts'
import { socketPathIn } from '../../src/api/socket.ts'
import type { EntryBody } from '../../src/domain/entry.ts'
import { siblingEntry } from '../../src/lib/entry.ts'
import { freePort } from '../shims.ts'
import { startProgram, type Started } from './servers.ts'

const MAIN = fileURLToPath(siblingEntry(import.meta.url, '../../src/main'))

export type StartedKintsugi = Started & { readonly api: Api }

/**
 * A real Kintsugi of the lab's profile, with its configuration, log and data in `dir`; `config` is laid over its own.
 *
 * @param port where it listens, for others that must know before
 */
export async function startKintsugi(dir: string, config: object, port?: number): Promise<StartedKintsugi> {
  const listen = `127.0.0.1:${port ?? (await freePort())}`
  const file = join(dir, 'kintsugi.yaml')
  // JSON is YAML.
  writeFileSync(file, JSON.stringify({ version: 1, profile: 'lab', data: 'data', listen, ...config }))
  const url = `http://${listen}`
  const command = [process.execPath, MAIN, 'serve', '-c', file] as const
  const program = await startProgram(command, { log: join(dir, 'kintsugi.log'), ready: `${url}/readyz`, url })
  return { ...program, api: callOwner(socketPathIn(join(dir, 'data'))) }
}

/** What was recorded, oldest first. */
export async function recordedBy(api: Api): Promise<EntryBody[]> {
  return (await api.record({ limit: 1000, order: 'oldest' })).items.flatMap(({ body }) => body ?? [])
}

/** What stands for the hypotheses of every diagnosis, as `SIGNAL: TEXT`. */
export async function diagnosedBy(api: Api): Promise<string[]> {
  return (await recordedBy(api)).flatMap((body) =>
    body.kind === 'diagnosed'
      ? body.diagnosis.hypotheses.flatMap(({ for: evidence }) =>
          evidence.map(({ signal, text }) => `${signal}: ${text}`),
        )
      : [],
  )
}
