import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'

/** Stand-ins for shims, which speak their protocol and note when they are told to restart. */
export type StandIns = {
  readonly names: readonly string[]
  /** Resolves with the time, by `performance.now()`, at which the restart of this one came in. */
  restartOf(name: string): Promise<number>
  close(): Promise<void>
}

/** So many single instances, each of a service of its own, in a folder that a connector of type `process` can be pointed at. */
export async function standIns(dir: string, count: number): Promise<StandIns> {
  const names = Array.from({ length: count }, (_, i) => `one-${i}`)
  const restarted = new Map(names.map((name) => [name, Promise.withResolvers<number>()]))
  const servers = names.map((name) => standIn(dir, name, (at) => restarted.get(name)?.resolve(at)))
  await Promise.all(servers.map((server) => once(server, 'listening')))
  return {
    names,
    restartOf: (name) => restarted.get(name)?.promise ?? Promise.reject(new Error(`no stand-in is called ${name}`)),
    close: async () => {
      for (const server of servers) server.closeAllConnections()
      await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
    },
  }
}

function standIn(dir: string, instance: string, onRestart: (at: number) => void): Server {
  let life = 0
  const about = { namespace: 'bench', service: instance, instance, address: '127.0.0.1:1', dependsOn: [] }
  const kept = (): object => ({
    ...about,
    identity: `bench/${life}/1`,
    startedAtMs: Date.now(),
    restarts: life,
    effects: [],
    pending: null,
  })
  writeFileSync(join(dir, `${instance}.json`), JSON.stringify(kept()))
  const server = createServer((request, response) => {
    const answer = (body: object): void => {
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    }
    if (request.url !== '/restart') return answer({ ...kept(), running: true, ready: true, exit: null })
    onRestart(performance.now())
    void text(request).then(() => {
      life += 1
      answer({ repeated: false, identity: `bench/${life}/1` })
    })
  })
  return server.listen(join(dir, `${instance}.sock`))
}
