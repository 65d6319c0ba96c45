import type { Config } from '../config/config.ts'
import { messageOf } from '../domain/errors.ts'
import type { Log } from '../lib/log.ts'
import { isOpenToOthers, passingKeys, readKeys, type Keys } from '../store/keys.ts'

/** The keys of a file, for who only reads: without them what is encrypted is shown as such. */
export function keysAtHand(file: string | undefined): Keys | undefined {
  try {
    return file === undefined ? undefined : readKeys(file)
  } catch {
    return undefined
  }
}

/** What is wrong with the key file, and what to do; undefined where it is well, or none is configured. */
export function keyProblem(
  keyFile: string | undefined,
): { readonly problem: string; readonly fix: string } | undefined {
  if (keyFile === undefined) return undefined
  try {
    readKeys(keyFile)
  } catch (thrown) {
    const fix = 'put it back, or mend it: without its keys what was encrypted cannot be read, and what comes is lost'
    return { problem: messageOf(thrown), fix }
  }
  if (!isOpenToOthers(keyFile)) return undefined
  return { problem: `others may read the key file ${keyFile}`, fix: `chmod o= ${keyFile}` }
}

/**
 * The keys of the owner. A lost key keeps nobody from healing: what it encrypted cannot be read, and what comes is
 * encrypted with a key that ends with this process, never written as it is.
 */
export function keysFor({ keyFile }: Pick<Config, 'keyFile'>, log: Log): { readonly keys?: Keys } {
  if (keyFile === undefined) return {}
  if (isOpenToOthers(keyFile)) {
    log.warn({ keyFile, fix: `chmod o= ${keyFile}` }, 'others may read the key of the record')
  }
  try {
    return { keys: readKeys(keyFile) }
  } catch (thrown) {
    const problem = messageOf(thrown)
    log.error(
      { problem, fix: 'put the key file back and start again' },
      'snapshots of the record cannot be read, and those that are made now cannot be read after this process',
    )
    return { keys: passingKeys() }
  }
}
