import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { QueryClient, QueryObserver } from '@tanstack/react-query'
import { afterEach, expect, test, vi } from 'vitest'
import { follow } from './live.ts'

const ended = new AbortController()
afterEach(() => ended.abort())

test('a stream that ends is taken up again after the last event, and fifty events are a few questions', async () => {
  const asked: (string | undefined)[] = []
  const streams: ServerResponse[] = []
  const server = createServer((request, response) => {
    asked.push(request.headers['last-event-id']?.toString())
    response.writeHead(200, { 'content-type': 'text/event-stream' }).write(': beat\n\n')
    streams.push(response)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`

  const client = new QueryClient()
  let questions = 0
  const observer = new QueryObserver(client, { queryKey: ['status'], queryFn: () => (questions += 1) })
  const unsubscribe = observer.subscribe(() => {})
  const following = follow(client, (headers, signal) => fetch(url, { headers, signal }), ended.signal)

  await vi.waitFor(() => expect(streams).toHaveLength(1))
  for (let seq = 1; seq <= 50; seq += 1) streams[0]?.write(`id: ${seq}\ndata: {}\n\n`)
  await vi.waitFor(() => expect(questions).toBe(2))

  streams[0]?.end()
  await vi.waitFor(() => expect(asked).toEqual([undefined, '50']), { timeout: 5000 })
  // What may have been missed is asked for, though no event tells of it.
  await vi.waitFor(() => expect(questions).toBe(3))

  ended.abort()
  await following
  unsubscribe()
  client.clear()
  server.closeAllConnections()
  server.close()
})
