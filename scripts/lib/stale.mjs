// The decisions of the set-up, pure: what is found in the checkout is an argument (`look.mjs` reads it).
import { createHash } from 'node:crypto'

/**
 * @typedef {{ name: string, content: string | Uint8Array }} SourceFile
 * @typedef {{ version?: string, integrity?: string, optional?: boolean, link?: boolean, devOptional?: boolean }} LockedPackage
 * @typedef {{ packages?: Record<string, LockedPackage> }} Lock as npm writes it
 * @typedef {object} Found what there is in the checkout
 * @property {string} platform such as `linux-x64`
 * @property {string} systemNode version of the Node that runs this
 * @property {string} wantedNode least version, from `engines`
 * @property {boolean} pinnedNode whether npm installed a Node
 * @property {string} installWanted stamp of the packages asked for
 * @property {string | undefined} installStamp stamp left by the last installation
 * @property {boolean} installed whether npm's own list of what is installed agrees with the lock
 * @property {string} buildWanted stamp of the sources
 * @property {string | undefined} buildStamp stamp left by the last build
 */

/**
 * What must be done, each with its reason; a field is absent when nothing is.
 * @param {Pick<Found, 'installWanted' | 'installStamp' | 'installed' | 'buildWanted' | 'buildStamp'>} found
 * @param {{ installOnly: boolean }} options
 * @returns {{ install?: string, build?: string }}
 */
export function whatIsStale(found, { installOnly }) {
  /** @type {{ install?: string, build?: string }} */
  const stale = {}
  // Without a stamp somebody may have run `npm ci` by hand, which is as good.
  const fresh = found.installStamp === undefined ? found.installed : found.installStamp === found.installWanted
  if (!fresh)
    stale.install = found.installStamp === undefined ? 'first time, about a minute' : 'package-lock.json changed'
  if (!installOnly && found.buildStamp !== found.buildWanted) {
    stale.build = found.buildStamp === undefined ? 'first time' : 'sources changed'
  }
  return stale
}

/**
 * Why Kintsugi could not run on the Node that is there, as one sentence; absent when it can.
 * @param {Pick<Found, 'platform' | 'systemNode' | 'wantedNode' | 'pinnedNode'>} found
 * @returns {string | undefined}
 */
export function nodeProblem({ platform, systemNode, wantedNode, pinnedNode }) {
  if (platform.startsWith('win32')) return 'Kintsugi runs on Linux and macOS; on Windows run it inside WSL 2.'
  if (pinnedNode || !older(systemNode, wantedNode)) return undefined
  const why =
    platform === 'linux-x64'
      ? 'npm did not install it (are optional packages switched off?)'
      : `npm brings it on linux-x64 only, and this is ${platform}`
  return `Kintsugi runs on Node ${wantedNode} or newer; ${why}, and this Node is ${systemNode}: install Node ${wantedNode} or newer from https://nodejs.org and run it again.`
}

/** @param {string} version @param {string} least such as `24.15`; parts left out count as 0 */
export function older(version, least) {
  const [a, b] = [version, least].map((text) => text.split('.').map(Number))
  for (let i = 0; i < 3; i += 1) {
    const difference = (a?.[i] ?? 0) - (b?.[i] ?? 0)
    if (difference !== 0) return difference < 0
  }
  return false
}

/**
 * One text for these files: another name, another content, one more or one less gives another text.
 * @param {readonly SourceFile[]} files
 */
export function stampOf(files) {
  const hash = createHash('sha256')
  for (const { name, content } of [...files].sort((a, b) => (a.name < b.name ? -1 : 1))) {
    hash.update(`${name}\0${content.length}\0`).update(content)
  }
  return hash.digest('hex')
}

/**
 * The part of package.json that decides what is installed: scripts and the like may change freely.
 * @param {Record<string, unknown>} manifest
 */
export function installedPart(manifest) {
  const fields = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies', 'overrides']
  return JSON.stringify(fields.map((field) => manifest[field] ?? null))
}

/**
 * Whether npm's list of what is installed holds each package of the lock, and no other. Optional ones may be missing.
 * @param {Lock} lock package-lock.json
 * @param {Lock} installed node_modules/.package-lock.json
 */
export function agrees(lock, installed) {
  const wanted = Object.entries(lock.packages ?? {}).filter(([name]) => name !== '')
  const there = installed.packages ?? {}
  const same = wanted.every(([name, { version, integrity, optional }]) => {
    const found = there[name]
    return found ? found.version === version && found.integrity === integrity : optional === true
  })
  return same && Object.keys(there).every((name) => lock.packages?.[name] !== undefined)
}
