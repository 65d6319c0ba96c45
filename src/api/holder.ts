import { readdir, readFile, readlink } from 'node:fs/promises'

/** A process as an error message names it. */
export type Holder = { readonly pid: number; readonly command: string }

/** Who has a TCP port or a unix socket path of this machine, where the system tells (Linux, own processes). */
export async function holderOf(
  place: { readonly port: number } | { readonly path: string },
): Promise<Holder | undefined> {
  const inodes = 'port' in place ? await inodesOfPort(place.port) : await inodesOfPath(place.path)
  if (inodes.length === 0) return undefined
  const sockets = new Set(inodes.map((inode) => `socket:[${inode}]`))
  for (const pid of await readdir('/proc').catch(() => [])) {
    if (/^\d+$/.test(pid) && (await hasOpen(pid, sockets))) return { pid: Number(pid), command: await commandOf(pid) }
  }
  return undefined
}

/** `process 4711 (node dist/src/main.js serve)`, or that it cannot be named. */
export function nameOf(holder: Holder | undefined): string {
  return holder ? `process ${holder.pid} (${holder.command})` : 'a process that cannot be named from here'
}

async function inodesOfPort(port: number): Promise<string[]> {
  const hex = port.toString(16).toUpperCase().padStart(4, '0')
  const rows = [...(await rowsOf('/proc/net/tcp')), ...(await rowsOf('/proc/net/tcp6'))]
  return rows.filter((row) => row[1]?.endsWith(`:${hex}`)).flatMap((row) => (row[9] === undefined ? [] : [row[9]]))
}

async function inodesOfPath(path: string): Promise<string[]> {
  const rows = await rowsOf('/proc/net/unix')
  return rows.filter((row) => row.slice(7).join(' ') === path).flatMap((row) => (row[6] === undefined ? [] : [row[6]]))
}

async function rowsOf(table: string): Promise<string[][]> {
  const text = await readFile(table, 'utf8').catch(() => '')
  return text.split('\n').map((line) => line.trim().split(/\s+/))
}

async function hasOpen(pid: string, sockets: ReadonlySet<string>): Promise<boolean> {
  for (const fd of await readdir(`/proc/${pid}/fd`).catch(() => [])) {
    const target = await readlink(`/proc/${pid}/fd/${fd}`).catch(() => '')
    if (sockets.has(target)) return true
  }
  return false
}

async function commandOf(pid: string): Promise<string> {
  const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
  return line.split('\0').join(' ').trim().slice(0, 120) || 'unknown command'
}
