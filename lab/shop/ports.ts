import { createServer } from 'node:net'
import { UsageError } from '../../src/domain/errors.ts'
import { HOST, portsOf } from './layout.ts'

/** Throws {@link UsageError} naming the first port of the shop's block that somebody holds. */
export async function requirePorts(basePort: number): Promise<void> {
  for (const { who, port } of portsOf(basePort)) {
    if (await isFree(port)) continue
    throw new UsageError(
      `cannot start the shop: port ${port} on ${HOST}, which ${who} needs, is taken. ` +
        `Stop what listens there (ss -ltnp 'sport = :${port}'), or take another block with --base-port N`,
    )
  }
}

/** A block of ports nobody holds now, below those that systems hand out by themselves. `random` answers from 0 to 1. */
export async function freeBasePort(random: () => number): Promise<number> {
  for (let tries = 0; tries < 50; tries++) {
    const basePort = 20_000 + 50 * Math.floor(random() * 200)
    if ((await Promise.all(portsOf(basePort).map(({ port }) => isFree(port)))).every(Boolean)) return basePort
  }
  throw new UsageError('cannot start the shop: no free block of ports between 20000 and 30000; close some listeners')
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', () => resolve(false))
    probe.listen(port, HOST, () => probe.close(() => resolve(true)))
  })
}
