import { BlindError, TerminalError } from '../../domain/errors.ts'
import type { Instances } from '../../domain/ports.ts'
import { partsOf, type ResourceRef } from '../../domain/resource.ts'
import type { ShimClient } from './client.ts'
import { socketOf } from './folder.ts'
import { instanceRef } from './names.ts'

/** Single instances, each through the socket of its shim. */
export function instancesOf(connector: string, dir: string, client: ShimClient): Instances {
  const socketFor = (target: ResourceRef): string => socketOf(dir, instanceNameOf(connector, target))
  return {
    read: async (target, abort) => {
      const state = await client.state(socketFor(target), abort).catch((cause: unknown) => {
        throw new BlindError(`cannot see '${target}'`, { cause })
      })
      if (instanceRef(connector, state) !== target) {
        throw new BlindError(`the shim of '${target}' serves another namespace`)
      }
      const { identity, running, ready, startedAtMs } = state
      return { identity, running, ready, startedAtMs }
    },
    restart: async (target, change, abort) => client.restart(socketFor(target), change, abort),
    byHand: async (target) => [client.restartByHand(socketFor(target))],
  }
}

/** The name of an instance of this connector; throws TerminalError on any other target. */
export function instanceNameOf(connector: string, target: ResourceRef): string {
  const { connector: of, kind, name } = partsOf(target)
  if (of === connector && kind === 'instance') return name
  throw new TerminalError(`'${target}' is no instance of connector '${connector}'`)
}
