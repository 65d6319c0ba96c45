import { createServer, type Server } from 'node:http'
import { once } from 'node:events'
import { messageOf, UsageError } from '../src/domain/errors.ts'
import type { Fault } from './faults/fault.ts'
import { faults } from './faults/registry.ts'
import type { Random } from './random.ts'
import { HOST } from './shop/layout.ts'
import type { Shop } from './shop/shop.ts'

/** The lab's own door, on loopback: what may be broken, and breaking and mending it by hand. */
export type ControlServer = { readonly url: string; close(): Promise<void> }

type Active = { readonly fault: Fault; readonly since: number; readonly timer: NodeJS.Timeout }

/**
 * `GET /` what there is and what is broken now; `POST /faults/NAME` breaks it; `DELETE /faults/NAME` undoes it. A fault
 * that outlives its time limit is undone.
 */
export async function startControlServer(shop: Shop, port: number, random: Random): Promise<ControlServer> {
  const active = new Map<string, Active>()
  const undo = async (name: string): Promise<object> => {
    const known = active.get(name)
    if (!known) throw new UsageError(`nothing to undo: ${name} is not injected`)
    clearTimeout(known.timer)
    active.delete(name)
    await known.fault.undo(shop)
    return { undone: name, target: known.fault.truth.target }
  }
  const inject = async (name: string): Promise<object> => {
    const make = faults[name]
    if (!make) throw new UsageError(`the lab has no fault '${name}': it has ${Object.keys(faults).join(', ')}`)
    if (active.has(name)) await undo(name)
    const fault = make(random)
    await fault.inject(shop)
    const timer = setTimeout(() => void undo(name).catch(() => {}), fault.limitMs)
    active.set(name, { fault, since: Date.now(), timer })
    return { injected: name, target: fault.truth.target, undoneAfterMs: fault.limitMs }
  }
  const state = async (): Promise<object> => ({
    faults: Object.keys(faults),
    active: await Promise.all([...active.values()].map(({ fault, since }) => stateOf(shop, fault, since))),
    instances: await Promise.all(shop.instances.map((instance) => instance.state().catch(messageOf))),
  })
  const server = serve((method, path) => {
    const [, name = ''] = /^\/faults\/([\w-]+)$/.exec(path) ?? []
    if (method === 'GET' && path === '/') return state()
    if (method === 'POST' && name) return inject(name)
    if (method === 'DELETE' && name) return undo(name)
    throw new UsageError(`no ${method} ${path}: use GET /, POST /faults/NAME, DELETE /faults/NAME`)
  })
  server.listen(port, HOST)
  await once(server, 'listening')
  return {
    url: `http://${HOST}:${port}`,
    close: async () => {
      for (const { timer } of active.values()) clearTimeout(timer)
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

async function stateOf(shop: Shop, fault: Fault, since: number): Promise<object> {
  return { fault: fault.name, target: fault.truth.target, since, present: await fault.present(shop) }
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
