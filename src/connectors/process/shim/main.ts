import { readFileSync } from 'node:fs'
import { systemClock } from '../../../lib/clock.ts'
import { filesOf, type Files } from './files.ts'
import { keep, type Keeper } from './keeper.ts'
import { Manifest } from './schema.ts'
import { routesOf, type Routes } from './routes.ts'
import { shimServer } from './server.ts'
import { listenOn } from './socket.ts'

/**
 * The shim, a program of its own: `node main.js MANIFEST.json`. Starts one instance, answers for it on a unix socket,
 * restarts it when told to and never by itself, and does what else its manifest declares. Whoever starts it starts it
 * detached, and may die.
 */
const TRIM_EVERY_MS = 5000
const TERM_GRACE_MS = 1000

async function main(args: readonly string[]): Promise<void> {
  const [file, ...rest] = args
  if (file === undefined || rest.length > 0) throw new Error('usage: shim MANIFEST.json')
  const manifest = readManifest(file)
  const files = filesOf(manifest)
  // Ctrl-C and a closed terminal are for whoever started us.
  for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => {})

  const keeper = Promise.withResolvers<Keeper>()
  process.on('SIGTERM', () => {
    keeper.promise
      .then((instance) => instance.stop({ graceMs: TERM_GRACE_MS, force: false }))
      .then(() => process.exit(0))
      .catch(fail)
  })
  const routes = keeper.promise.then((instance): Routes => routesOf(manifest, instance, files))
  const server = shimServer(routes, () => process.exit(0))
  // The socket comes first: who has it is the only shim of this instance, and may start it.
  await listenOn(server, files.socket)
  keeper.resolve(keep(manifest, files, systemClock().moment().bootId))
  await routes
  setInterval(() => trim(files), TRIM_EVERY_MS).unref()
}

/** A log that cannot be trimmed now is trimmed later. */
function trim(files: Files): void {
  try {
    files.trimLog()
  } catch (thrown) {
    files.note(`cannot trim the log: ${(thrown as Error).message}`)
  }
}

function readManifest(file: string): Manifest {
  try {
    return Manifest.parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch (thrown) {
    throw new Error(`cannot read the manifest ${file}`, { cause: thrown })
  }
}

function fail(thrown: unknown): never {
  const { message, cause } = thrown as Error
  process.stderr.write(`shim: ${message}${cause instanceof Error ? `: ${cause.message}` : ''}\n`)
  process.exit(1)
}

main(process.argv.slice(2)).catch(fail)
