import type { z } from 'zod'
import { changeBook } from './changes.ts'
import { commandsOperation } from './commands.ts'
import { configDocument, type ConfigDocument } from './config.ts'
import { diskOperation, usedPercent } from './disk.ts'
import type { Files } from './files.ts'
import { watchGood } from './good.ts'
import type { Keeper } from './keeper.ts'
import { OperationOrder, SpecOrder, UnreadableError, type Document, type Operation } from './protocol.ts'
import { recent } from './recent.ts'
import { Restart, Stop, type Manifest, type State } from './schema.ts'
import type { Configuration } from './sections.ts'

/** What is answered at one path; `post` is given the body and judges it. */
export type Route = { readonly get?: () => Promise<object>; readonly post?: (body: unknown) => Promise<object> }
export type Routes = ReadonlyMap<string, Route>

/** All that the shim of this instance can be asked. */
export function routesOf(manifest: Manifest, keeper: Keeper, files: Files): Routes {
  const { configuration, disk, commands, cwd, memoryLimitBytes } = manifest
  const config = configuration && keptConfig(configuration, keeper, files)
  const used = disk && recent(() => usedPercent(disk))
  const state = async (): Promise<State> => {
    const [now, diskUsedPercent] = await Promise.all([keeper.state(), used?.()])
    return { ...now, configChangedAtMs: config?.changedAtMs(), diskUsedPercent, memoryLimitBytes }
  }
  const stop = (order: Stop): Promise<object> => keeper.stop(order).then(() => ({ stopped: true }))
  const changes = changeBook(files)
  const routes: Record<string, Route | undefined> = {
    '/state': { get: state },
    '/restart': { post: posted(Restart, (order) => keeper.restart(order)) },
    '/stop': { post: posted(Stop, stop) },
    '/replica': keeper.replica && changes.noting('replica', documentRoute(keeper.replica)),
    '/config': config && changes.noting('config', documentRoute(config)),
    '/disk': disk && changes.noting('disk', operationRoute(diskOperation(disk, files))),
    '/commands': commands && changes.noting('command', operationRoute(commandsOperation({ commands, cwd, files }))),
    '/changes': changes.route,
  }
  return new Map(Object.entries(routes).filter((one): one is [string, Route] => one[1] !== undefined))
}

/** The configuration file, and the watch over what in it was good. */
function keptConfig(configuration: Configuration, keeper: Keeper, files: Files): ConfigDocument {
  const { reload, goodAfterMs } = configuration
  const document: ConfigDocument = configDocument({
    configuration,
    files,
    tell: () => reload && keeper.tell(reload),
    lastGood: () => lastGood(),
  })
  const lastGood = watchGood({
    files,
    goodAfterMs,
    look: async () => {
      const { identity, ready } = await keeper.state()
      return { identity, ready, values: document.values() }
    },
  })
  return document
}

const documentRoute = ({ read, patch }: Document): Route => ({ get: read, post: posted(SpecOrder, patch) })
const operationRoute = ({ read, run }: Operation): Route => ({ get: read, post: posted(OperationOrder, run) })

function posted<T>(schema: z.ZodType<T>, answer: (order: T) => Promise<object>): (body: unknown) => Promise<object> {
  return async (body) => {
    const { data, error } = schema.safeParse(body)
    if (error) throw new UnreadableError(`cannot read the body: ${error.message}`)
    return answer(data)
  }
}
