import { BlindError, TerminalError } from '../../domain/errors.ts'
import type { ResourceRef } from '../../domain/resource.ts'
import type { PlaceOf } from '../control/client.ts'
import { knownIn, readKnown, type Known } from './folder.ts'
import { instanceNameOf } from './instances.ts'
import { byName, instanceRef, serviceRef } from './names.ts'
import type { Offer } from './shim/schema.ts'
import type { Admin } from './shim/sections.ts'

/** Where the control protocol is spoken for the targets of one connector. */
export type Places = {
  /** A page of the instance's shim, where its manifest declares what it is for. */
  ofShim(path: string, offer: Offer): PlaceOf
  /** A page of the instance itself, where its manifest declares one. */
  ofInstance(page: keyof Admin): PlaceOf
  /** The page that says whether a standby instance is wanted. */
  readonly ofReplica: PlaceOf
  /** The members of a service, at least one, in the order of their names. */
  membersOf(target: ResourceRef): Promise<readonly Known[]>
}

/** All look into the folder of the shims; what is not there, or cannot be read, is blindness. */
export function placesIn(connector: string, dir: string): Places {
  const find = async (target: ResourceRef): Promise<Known> => {
    const known = await seen(target, readKnown(dir, instanceNameOf(connector, target)))
    if (known && instanceRef(connector, known) === target) return known
    throw new BlindError(`cannot see '${target}': no shim in ${dir} serves it`)
  }
  return {
    ofShim: (path, offer) => async (target) => {
      const { socket, offers } = await find(target)
      if (offers.includes(offer)) return { socketPath: socket, path }
      throw new TerminalError(`the manifest of '${target}' declares nothing for '${offer}'`)
    },
    ofInstance: (page) => async (target) => {
      const { address, admin } = await find(target)
      const path = admin[page]
      if (path !== undefined) return { url: `http://${address}${path}` }
      throw new TerminalError(`the manifest of '${target}' declares no path for '${page}' under 'admin'`)
    },
    ofReplica: async (target) => ({ socketPath: (await find(target)).socket, path: '/replica' }),
    membersOf: async (target) => {
      const found = await seen(target, knownIn(dir))
      const members = found.filter((known) => serviceRef(connector, known) === target)
      if (members.length > 0) return members.toSorted(byName)
      throw new BlindError(`cannot see '${target}': no shim in ${dir} serves an instance of it`)
    },
  }
}

const seen = <T>(target: ResourceRef, look: Promise<T>): Promise<T> =>
  look.catch((cause: unknown) => {
    throw new BlindError(`cannot see '${target}'`, { cause })
  })
