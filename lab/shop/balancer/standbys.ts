import { Agent, get } from 'node:http'
import type { Clock } from '../../../src/lib/clock.ts'
import type { Pool } from './pool.ts'
import type { Backend } from './pool-document.ts'

const LOOK_EVERY_MS = 250
const PATIENCE_MS = 200

/**
 * Gives standby backends traffic once they answer their health check, and none once nobody listens on their port any
 * more: that is how instances that are started and stopped at run time come and go. One that is about to stop says so
 * with a 503 for two looks, and no request is lost. One that is merely ill stays, as any other does, and so does what
 * somebody has drained.
 */
export async function watchStandbys(pool: Pool, names: ReadonlySet<string>, clock: Clock): Promise<void> {
  while (names.size > 0) {
    const watched = pool.settings().backends.filter(({ name, state }) => names.has(name) && state !== 'drain')
    const states = await Promise.all(watched.map(async (backend) => [backend, await stateNow(backend)] as const))
    // A later look may have been overtaken by a change of somebody else's.
    const stillSo = ({ name, state }: Backend): boolean =>
      pool.settings().backends.some((now) => now.name === name && now.state === state)
    const changed = states.filter(([backend, state]) => backend.state !== state && stillSo(backend))
    if (changed.length > 0) {
      pool.document.set(Object.fromEntries(changed.map(([{ name }, state]) => [`state.${name}`, state])))
    }
    await clock.sleep(LOOK_EVERY_MS)
  }
}

/** What the state should be by what is seen now; where nothing is clear, what it is. */
function stateNow({ address, state }: Backend): Promise<Backend['state']> {
  return new Promise((resolve) => {
    const asked = get(`http://${address}/healthz`, { agent, signal: AbortSignal.timeout(PATIENCE_MS) }, (answer) => {
      resolve(answer.statusCode === 200 ? 'up' : answer.statusCode === 503 ? 'standby' : state)
      answer.destroy()
    })
    asked.on('error', (thrown: NodeJS.ErrnoException) => resolve(thrown.code === 'ECONNREFUSED' ? 'standby' : state))
  })
}

/** A connection of its own for each look: an open one says nothing about the port. */
const agent = new Agent({ keepAlive: false })
