import { commandsOperation } from './commands.ts'
import { configDocument, revisionOf } from './config.ts'
import { diskOperation, usedPercent } from './disk.ts'
import type { Files } from './files.ts'
import { watchGood } from './good.ts'
import type { Keeper } from './keeper.ts'
import { OperationOrder, SpecOrder, type Document, type Operation } from './protocol.ts'
import { Restart, Stop, type Manifest, type State } from './schema.ts'
import { recent } from './recent.ts'

/** What is asked at one path; `post` is given the body as it was parsed. */
export type Route = { readonly get?: () => Promise<object>; readonly post?: (body: unknown) => Promise<object> }
export type Routes = ReadonlyMap<string, Route>

/** All that this instance's shim can be asked. */
export function routesOf(manifest: Manifest, keeper: Keeper, files: Files): Routes {
  const { configuration, disk, commands, cwd } = manifest
  const config = configuration && configOf(manifest, configuration, keeper, files)
  const used = disk && recent(() => usedPercent(disk))
  const state = async (): Promise<State> => {
    const [now, diskUsedPercent] = await Promise.all([keeper.state(), used?.()])
    const { memoryLimitBytes } = manifest
    return { ...now, configChangedAtMs: config?.changedAtMs(), diskUsedPercent, memoryLimitBytes }
  }
  const routes: [string, Route | undefined][] = [
    ['/state', { get: state }],
    ['/restart', { post: (body) => keeper.restart(Restart.parse(body)) }],
    ['/stop', { post: (body) => keeper.stop(Stop.parse(body)).then(() => ({ stopped: true })) }],
    ['/replica', keeper.replica && documentRoute(keeper.replica)],
    ['/config', config && documentRoute(config)],
    ['/disk', disk && operationRoute(diskOperation(disk, files))],
    ['/commands', commands && operationRoute(commandsOperation({ commands, cwd, files }))],
  ]
  return new Map(routes.filter((route): route is [string, Route] => route[1] !== undefined))
}

function configOf(
  { configuration, ready }: Manifest,
  keeper: Keeper,
  files: Files,
)
