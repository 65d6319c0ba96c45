// A small server to try Kintsugi on: it counts ten requests a second as its users would make them, well answered until
// somebody says POST /break, and well again after POST /mend or a restart.
import { createServer } from 'node:http'

const [host, port] = (process.argv[2] ?? '127.0.0.1:8083').split(':')
const requests = { 200: 0, 500: 0 }
let isBroken = false
setInterval(() => (requests[isBroken ? 500 : 200] += 1), 100)

const metrics = () =>
  [
    '# TYPE http_requests_total counter',
    ...Object.entries(requests).map(([code, count]) => `http_requests_total{code="${code}"} ${count}`),
    '',
  ].join('\n')

createServer(({ method, url }, response) => {
  if (method === 'POST') isBroken = url === '/break'
  response.setHeader('content-type', 'text/plain; version=0.0.4')
  response.end(url === '/metrics' ? metrics() : 'ok\n')
}).listen(Number(port), host)
