import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { agrees, installedPart, stampOf } from './stale.mjs'

export const INSTALL_STAMP = 'node_modules/.kintsugi-installed'
export const BUILD_STAMP = '.built'
/** The folder of the console, which is built by a tool of its own. */
export const WEB = 'web'

/**
 * Reads all that the decisions need; writes nothing.
 * @param {string} root
 * @returns {import('./stale.mjs').Found}
 */
export function look(root) {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const lock = read(join(root, 'package-lock.json')) ?? '{}'
  const platform = `${process.platform}-${process.arch}`
  const installStamp = read(join(root, INSTALL_STAMP))
  // Asked only where there is no stamp: parsing two locks takes longer than all the rest.
  const npmsList = installStamp === undefined ? read(join(root, 'node_modules/.package-lock.json')) : undefined
  return {
    platform,
    systemNode: process.versions.node,
    wantedNode: String(manifest.engines?.node ?? '0').replace(/^>=\s*/, ''),
    pinnedNode: existsSync(join(root, 'node_modules/.bin/node')),
    installWanted: stampOf([
      { name: 'package.json', content: installedPart(manifest) },
      { name: 'package-lock.json', content: lock },
      { name: 'platform', content: platform },
    ]),
    installStamp,
    installed: npmsList !== undefined && agrees(JSON.parse(lock), JSON.parse(npmsList)),
    buildWanted: stampOf([...sources(root), { name: 'package-lock.json', content: lock }]),
    buildStamp: read(join(root, 'dist', BUILD_STAMP)),
  }
}

/**
 * Everything a build is made of: the compiler's settings, and all files but tests under the folders these include and of the console.
 * @param {string} root
 */
export function sources(root) {
  const settings = ['tsconfig.json', 'tsconfig.build.json']
  /** @type {{ include: string[] }} */
  const { include } = JSON.parse(readFileSync(join(root, 'tsconfig.build.json'), 'utf8'))
  const names = [...include, WEB]
    .filter((folder) => existsSync(join(root, folder)))
    .flatMap((folder) => filesIn(root, folder))
  return [...settings, ...names].map((name) => ({ name, content: readFileSync(join(root, name)) }))
}

/** @param {string} root @param {string} folder @returns {string[]} */
function filesIn(root, folder) {
  const entries = readdirSync(join(root, folder), { withFileTypes: true })
  return entries.flatMap((entry) => {
    const name = `${folder}/${entry.name}`
    if (entry.isDirectory()) return filesIn(root, name)
    return entry.isFile() && !/\.test\.tsx?$/.test(name) ? [name] : []
  })
}

/** @param {string} file */
function read(file) {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}
