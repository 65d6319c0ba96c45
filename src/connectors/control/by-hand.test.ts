import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import fc from 'fast-check'
import { afterEach, expect, test } from 'vitest'
import { HAS_CURL } from '../../../test/curl.ts'
import { answerControl } from '../../../lab/shop/control-page.ts'
import { operation, specsDocument } from '../../../lab/shop/control.ts'
import type { ResourceRef } from '../../domain/resource.ts'
import { systemClock } from '../../lib/clock.ts'
import type { Json } from '../../lib/json.ts'
import { operationsAt, specsAt } from './client.ts'

const target: ResourceRef = 'lab:shop/instance/api-1'
const clock = systemClock()
const abort = new AbortController().signal
const run = promisify(execFile)

const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end()
})

const closed = (server: Server): Promise<unknown> => {
  server.closeAllConnections()
  return new Promise((resolve) => server.close(resolve))
}

/** What a person would do: the line, in a shell. */
async function typed(commands: readonly string[] | undefined): Promise<string> {
  expect(commands).toHaveLength(1)
  const { stdout } = await run('sh', ['-c', commands![0]!])
  return stdout
}

test.skipIf(!HAS_CURL)('the line sets what the connector would have set, whatever the values are', async () => {
  const document = specsDocument({ initial: { note: 'first' }, check: () => undefined, clock })
  ends.push(() => document.close())
  const server = createServer((request, response) => answerControl(document, request, response)).listen(0, '127.0.0.1')
  ends.push(() => closed(server))
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const specs = specsAt(() => ({ url: `http://127.0.0.1:${port}/it's` }))
  const hostile = fc.string({ unit: fc.constantFrom(...Array.from(`'"$\`\\!*?~#&|;<>(){}[] \n-x`)), maxLength: 20 })
  let count = 0
  await fc.assert(
    fc.asyncProperty(hostile, async (text) => {
      const values: Record<string, Json> = { note: `${text} ${(count += 1)}` }
      await typed(await specs.byHand!(target, { values }))
      expect((await specs.read(target, abort)).values).toEqual(values)
    }),
    { numRuns: 20 },
  )
})

test.skipIf(!HAS_CURL)('an operation behind a socket is done once', async () => {
  let done = 0
  const page = operation({ facts: () => ({}), run: () => void done++, check: () => undefined, clock })
  const dir = mkdtempSync(join(tmpdir(), 'by hand-'))
  ends.push(() => rmSync(dir, { recursive: true, force: true }))
  const socketPath = join(dir, "it's.sock")
  const server = createServer((request, response) => answerControl(page, request, response)).listen(socketPath)
  ends.push(() => closed(server))
  await once(server, 'listening')
  const operations = operationsAt(() => ({ socketPath, path: '/page' }))
  expect(await typed(await operations.byHand!(target, { params: { keys: ['$(id)', "'"] } }))).toContain(
    '"generation":1',
  )
  expect(done).toBe(1)
})
