import { createServer, type Server } from 'node:http'
import { once } from 'node:events'
import { messageOf, UsageError } from '../src/domain/errors.ts'
import type { Fault, FaultMaker } from './faults/fault.ts'
import type { UserRequest } from './load/protocol.ts'
import { usersView } from './load/users.ts'
import type { Random } from './random.ts'
import { HOST } from './shop/layout.ts'
import type { Shop } from './shop/shop.ts'
import type { FaultView, Injection, LabView } from './view.ts'

/** The lab's own door, on loopback: what may be broken, and breaking and mending it by hand. */
export type ControlServer = { readonly url: string; close(): Promise<void> }

/** A fault that was injected. `undoneAt`: the lab has taken it back. */
type Injected = {
  readonly fault: Fault
  readonly at: number
  readonly timer: NodeJS.Timeout
  goneAt?: number
  undoneAt?: number
}

/**
 * `GET /` what there is, what is broken now and what the users meet ({@link LabView}); `POST /faults/NAME` breaks it;
 * `DELETE /faults/NAME` undoes it. A fault that outlives its time limit is undone.
 */
export async function startControlServer(x: {
  readonly shop: Shop
  readonly faults: Readonly<Record<string, FaultMaker>>
  /** What the users have met, in the order of ending. */
  readonly requests: () => readonly UserRequest[]
  readonly random: Random
  readonly port: number
}): Promise<ControlServer> {
  const { shop, faults, requests, random, port } = x
  const injections = new Map<string, Injected>()
  const undo = async (name: string): Promise<object> => {
    const known = injections.get(name)
    if (!known || known.undoneAt !== undefined) throw new UsageError(`nothing to undo: ${name} is not injected`)
    clearTimeout(known.timer)
    await known.fault.undo(shop)
    known.undoneAt = Date.now()
    return { undone: name, target: known.fault.truth.target }
  }
  const inject = async (name: string): Promise<object> => {
    const make = Object.hasOwn(faults, name) ? faults[name] : undefined
    if (!make) throw new UsageError(`the lab has no fault '${name}': it has ${Object.keys(faults).join(', ')}`)
    if (injections.has(name) && injections.get(name)?.undoneAt === undefined) await undo(name)
    const fault = make(random)
    const at = Date.now()
    await fault.inject(shop)
    const timer = setTimeout(() => void undo(name).catch(() => {}), fault.limitMs)
    injections.set(name, { fault, at, timer })
    return { injected: name, target: fault.truth.target, undoneAfterMs: fault.limitMs }
  }
  const view = async (): Promise<LabView> => {
    const views = Object.values(faults).map((make) => viewOf(shop, make, injections))
    const now = Date.now()
    return { at: now, faults: await Promise.all(views), users: usersView(requests(), now) }
  }
  const server = serve((method, path) => {
    const [, name = ''] = /^\/faults\/([\w-]+)$/.exec(path) ?? []
    if (method === 'GET' && path === '/') return view()
    if (method === 'POST' && name) return inject(name)
    if (method === 'DELETE' && name) return undo(name)
    throw new UsageError(`no ${method} ${path}: use GET /, POST /faults/NAME, DELETE /faults/NAME`)
  })
  server.listen(port, HOST)
  await once(server, 'listening')
  const address = server.address()
  return {
    url: `http://${HOST}:${typeof address === 'object' ? address?.port : port}`,
    close: async () => {
      for (const { timer } of injections.values()) clearTimeout(timer)
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

/** Which instance it meets is drawn when it is injected; the rest is the same whoever it is. */
const NO_CHANCE: Random = () => 0

async function viewOf(shop: Shop, make: FaultMaker, injections: ReadonlyMap<string, Injected>): Promise<FaultView> {
  const { name, breaks, expected, limitMs, truth } = make(NO_CHANCE)
  const known = injections.get(name)
  return {
    name,
    breaks,
    expected,
    heals: truth.heals,
    limitMs,
    ...(known && { injected: await injectionOf(shop, known) }),
  }
}

/** What was taken back is not looked for any more. */
async function injectionOf(shop: Shop, known: Injected): Promise<Injection> {
  const { fault, at, undoneAt } = known
  const present = undoneAt === undefined && (await fault.present(shop))
  if (present) delete known.goneAt
  else known.goneAt ??= undoneAt ?? Date.now()
  return {
    at,
    target: fault.truth.target,
    service: fault.truth.service,
    present,
    until: at + fault.limitMs,
    ...(known.goneAt !== undefined && { goneAt: known.goneAt }),
    ...(undoneAt !== undefined && { undoneAt }),
  }
}

function serve(answer: (method: string, path: string) => Promise<object>): Server {
  return createServer((request, response) => {
    const send = (status: number, body: object): void => {
      response.writeHead(status, { 'content-type': 'application/json' })
      response.end(`${JSON.stringify(body, null, 2)}\n`)
    }
    // A page in a browser must not break the shop: browsers always name the page that asks.
    if (request.headers.origin !== undefined) return send(403, { error: 'not for web pages' })
    void (async () => answer(request.method ?? 'GET', request.url ?? '/'))().then(
      (body) => send(200, body),
      (error: unknown) => send(error instanceof UsageError ? 400 : 500, { error: messageOf(error) }),
    )
  })
}
