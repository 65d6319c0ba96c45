import { Agent, request } from 'node:http'

/** What a peer answered; 502 stands for no connection, 504 for no answer in time. */
export type Answer = { readonly status: number; readonly body: string }

export type Ask = (path: string, method?: 'GET' | 'POST') => Promise<Answer>

/**
 * Asks peers strictly in turn, whatever became of the last request: a dead peer is not ejected, so users feel it.
 * Never rejects.
 */
export function askInTurn(peers: readonly string[], timeoutMs: number): Ask {
  const agent = new Agent({ keepAlive: true })
  let turn = 0
  return (path, method = 'GET') => {
    const [host, port] = (peers[turn++ % peers.length] ?? '').split(':')
    return new Promise((resolve) => {
      const asked = request({ agent, host, port, path, method }, (response) => {
        let body = ''
        response.setEncoding('utf8')
        response.on('data', (chunk: string) => (body += chunk))
        response.on('end', () => settle({ status: response.statusCode ?? 502, body }))
        response.on('error', () => settle({ status: 502, body: 'the peer broke off\n' }))
      })
      const timer = setTimeout(() => {
        settle({ status: 504, body: 'the peer did not answer in time\n' })
        asked.destroy()
      }, timeoutMs)
      const settle = (answer: Answer): void => {
        clearTimeout(timer)
        resolve(answer)
      }
      asked.on('error', () => settle({ status: 502, body: 'the peer is not there\n' }))
      asked.end()
    })
  }
}
