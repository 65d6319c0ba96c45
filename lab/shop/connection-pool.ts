import { Agent } from 'node:http'

/** A connection that was taken from the pool: it must be given back. */
export type Connection = { readonly agent: Agent; giveBack(): void }

/** A bounded pool of real connections. */
export type Pool = {
  readonly size: number
  /** Connections that are taken; a leaked one stays so until the reset. */
  taken(): number
  isLeaking(): boolean
  /** How often nobody got a connection in time, within the last ten seconds. */
  recentErrors(): number
  /** Undefined when none came free in time. */
  take(): Promise<Connection | undefined>
  /** The fault `exhausted-pool`: from now on no connection comes back, until the reset. */
  leak(): void
  /** Drops every connection and opens new ones when they are needed. */
  reset(): void
}

const TAKE_WITHIN_MS = 250
const ERRORS_COUNT_MS = 10_000

export function pool(size: number): Pool {
  let state = emptyState(size)
  const errors: number[] = []
  const forget = (): void => {
    while (errors[0] !== undefined && errors[0] < Date.now() - ERRORS_COUNT_MS) errors.shift()
  }
  return {
    size,
    taken: () => state.taken,
    isLeaking: () => state.isLeaking,
    recentErrors: () => {
      forget()
      return errors.length
    },
    take: async () => {
      const taken = await takeFrom(state)
      if (!taken) errors.push(Date.now())
      return taken
    },
    leak: () => {
      state.isLeaking = true
    },
    reset: () => {
      const { agent, waiting } = state
      state = emptyState(size)
      agent.destroy()
      for (const waiter of waiting) waiter(undefined)
    },
  }
}

type State = {
  readonly size: number
  readonly agent: Agent
  readonly waiting: ((connection: Connection | undefined) => void)[]
  taken: number
  isLeaking: boolean
}

function emptyState(size: number): State {
  const agent = new Agent({ keepAlive: true, maxSockets: size })
  return { size, agent, waiting: [], taken: 0, isLeaking: false }
}

function takeFrom(state: State): Connection | Promise<Connection | undefined> {
  if (state.taken < state.size) return connectionOf(state)
  return new Promise((resolve) => {
    const settle = (connection: Connection | undefined): void => {
      clearTimeout(timer)
      resolve(connection)
    }
    state.waiting.push(settle)
    const timer = setTimeout(() => {
      state.waiting.splice(state.waiting.indexOf(settle), 1)
      resolve(undefined)
    }, TAKE_WITHIN_MS)
  })
}

function connectionOf(state: State): Connection {
  state.taken += 1
  let isOut = true
  const giveBack = (): void => {
    if (!isOut) return
    isOut = false
    if (state.isLeaking) return
    state.taken -= 1
    state.waiting.shift()?.(connectionOf(state))
  }
  return { agent: state.agent, giveBack }
}
