import { Agent, request, type ServerResponse } from 'node:http'

/** What a peer answered; 502 stands for no connection, 504 for no answer in time, 499 for a caller that went away. */
export type Answer = { readonly status: number; readonly body: string }

/** One request to a peer. */
export type Asking = {
  /** `host:port` */
  readonly peer: string
  readonly path: string
  readonly method?: 'GET' | 'POST'
  readonly timeoutMs: number
  readonly agent: Agent
  readonly headers?: Readonly<Record<string, string>>
  /** Whoever waits for this: when they go away, the request is given up. */
  readonly waiting?: ServerResponse
}

/** An agent that keeps its connections, for those whose number nobody bounds. */
export const keptConnections = (): Agent => new Agent({ keepAlive: true })

/** Asks a peer. Never rejects. */
export function ask({ peer, path, method = 'GET', timeoutMs, agent, headers = {}, waiting }: Asking): Promise<Answer> {
  const [host, port] = peer.split(':')
  return new Promise((resolve) => {
    const asked = request({ agent, host, port, path, method, headers }, (response) => {
      let body = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => (body += chunk))
      response.on('end', () => settle({ status: response.statusCode ?? 502, body }))
      response.on('error', () => settle({ status: 502, body: 'the peer broke off\n' }))
    })
    const giveUp = (status: number, body: string): void => {
      settle({ status, body })
      asked.destroy()
    }
    const leave = (): void => giveUp(499, 'nobody waits any more\n')
    const timer = setTimeout(() => giveUp(504, 'the peer did not answer in time\n'), timeoutMs)
    const settle = (answer: Answer): void => {
      clearTimeout(timer)
      waiting?.off('close', leave)
      resolve(answer)
    }
    waiting?.once('close', leave)
    asked.on('error', () => settle({ status: 502, body: 'the peer is not there\n' }))
    asked.end()
  })
}
