import { request, type Agent, type IncomingMessage, type ServerResponse } from 'node:http'

/** Headers that are about one connection, and not about the request. */
const OF_THE_CONNECTION = new Set(['connection', 'keep-alive', 'proxy-connection', 'te', 'trailer', 'upgrade'])

/**
 * Sends a request on to one backend, once, and its answer back: 502 where there is no backend, 504 where it takes longer
 * than `timeoutMs` for the whole answer. What breaks off in the middle is broken off for the user too.
 */
export function forward(
  incoming: IncomingMessage,
  response: ServerResponse,
  to: { readonly host: string; readonly port: number; readonly agent: Agent; readonly timeoutMs: number },
): void {
  const { host, port, agent, timeoutMs } = to
  const { method, url: path } = incoming
  const asked = request({ agent, host, port, method, path, headers: ofTheRequest(incoming.rawHeaders) }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.statusMessage, ofTheRequest(answer.rawHeaders))
    answer.on('close', () => answer.complete || response.destroy())
    answer.pipe(response)
  })
  const fail = (status: number, why: string): void => {
    if (response.headersSent) response.destroy()
    else reply(response, status, why)
  }
  const timer = setTimeout(() => {
    fail(504, 'the backend did not answer in time\n')
    asked.destroy()
  }, timeoutMs)
  asked.on('error', () => fail(502, 'the backend is not there\n'))
  response.on('close', () => {
    clearTimeout(timer)
    if (!response.writableFinished) asked.destroy()
  })
  if (hasBody(incoming)) incoming.pipe(asked)
  else asked.end()
}

/** An answer of the balancer's own. */
export function reply(
  response: ServerResponse,
  status: number,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  const about = { 'content-type': 'text/plain', 'content-length': Buffer.byteLength(body) }
  response.writeHead(status, { ...about, ...headers }).end(body)
}

const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0

/** Names and values in turn, as node gives them, without those of the connection. */
function ofTheRequest(raw: readonly string[]): string[] {
  const kept: string[] = []
  for (let i = 0; i < raw.length; i += 2) {
    const [name = '', value = ''] = [raw[i], raw[i + 1]]
    if (!OF_THE_CONNECTION.has(name.toLowerCase())) kept.push(name, value)
  }
  return kept
}
