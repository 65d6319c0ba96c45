import { closeSync, fchmodSync, fchownSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'

/** Whose a file is, and what others may do with it. */
type Rights = { readonly mode: number; readonly uid: number; readonly gid: number }

/**
 * Replaces a file whole and durably: whoever opens it sees the old text or the new one, also after a power cut. Throws,
 * and leaves the old one, where the disk is full or the rights cannot be given.
 *
 * @param rights those of the new file; without them it is this user's alone
 */
export function replaceFile(file: string, text: string, rights?: Rights): void {
  const folder = dirname(file)
  const next = join(folder, `.${basename(file)}.kintsugi-new`)
  rmSync(next, { force: true })
  try {
    writeNew(next, text, rights)
    renameSync(next, file)
  } catch (thrown) {
    rmSync(next, { force: true })
    throw thrown
  }
  withOpen(folder, 'r', fsyncSync)
}

/** Whatever has come to stand there meanwhile, a link for instance, is not written through. */
function writeNew(file: string, text: string, rights: Rights | undefined): void {
  withOpen(file, 'wx', (fd) => {
    if (rights) fchownSync(fd, rights.uid, rights.gid)
    if (rights) fchmodSync(fd, rights.mode & 0o7777)
    const bytes = Buffer.from(text)
    for (let at = 0; at < bytes.length;) at += writeSync(fd, bytes, at)
    fsyncSync(fd)
  })
}

function withOpen(path: string, flags: string, use: (fd: number) => void): void {
  const fd = openSync(path, flags, 0o600)
  try {
    use(fd)
  } finally {
    closeSync(fd)
  }
}
