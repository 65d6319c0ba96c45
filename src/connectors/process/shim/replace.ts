import { closeSync, fchmodSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'

/** Replaces a file whole and durably: whoever opens it sees the old text or the new one, also after a power cut. */
export function replaceFile(file: string, text: string, mode = 0o600): void {
  const next = `${file}.new`
  rmSync(next, { force: true })
  // Whatever stands there since, a link for instance, is not written through.
  const fd = openSync(next, 'wx', mode)
  try {
    fchmodSync(fd, mode)
    writeSync(fd, text)
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
  renameSync(next, file)
  syncFolder(dirname(file))
}

function syncFolder(folder: string): void {
  const fd = openSync(folder, 'r')
  try {
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
}
