import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { makeCertificates } from '../../test/fakes/certificates.ts'
import { systemClock } from '../lib/clock.ts'
import type { Observation } from '../domain/signal.ts'
import type { TlsFiles } from './http-get.ts'
import { promqlSource } from './promql.ts'

const made = makeCertificates()
const other = made && makeCertificates()

const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
})

/** Asks a server that talks only to clients of the authority. */
async function askOnce(tls: TlsFiles | undefined): Promise<Observation> {
  const options = { ...made?.server, ca: made?.ca, requestCert: true, rejectUnauthorized: true }
  const server = createServer(options, (_, response) => {
    const result = [Date.now() / 1000, '7']
    response.end(JSON.stringify({ status: 'success', data: { resultType: 'scalar', result } }))
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const config = {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ...(tls && { tls }),
    stepMs: 5000,
    timeoutMs: 5000,
    staleAfterMs: 15_000,
    queries: [{ name: 'q', expr: '7', target: 'lab:shop/service/web' }],
  }
  const source = promqlSource(config, { clock: systemClock(), isKnown: () => true, onDropped: () => {} })
  return source.round()[0]!.look(Date.now(), new AbortController().signal)
}

test.skipIf(!made)('an authority of its own and a certificate of the client are used', async () => {
  const { samples } = await askOnce({ ca: made!.ca, ...made!.client })
  expect(samples).toMatchObject([{ metric: 'q', value: 7 }])
})

test.skipIf(!made)('a server that nobody vouches for is not believed', async () => {
  await expect(askOnce(undefined)).rejects.toThrow(/certificate/)
  await expect(askOnce({ ca: other!.ca, ...made!.client })).rejects.toMatchObject({ name: 'BlindError' })
})

test.skipIf(!made)('a client without the certificate that is asked for sees nothing', async () => {
  await expect(askOnce({ ca: made!.ca })).rejects.toMatchObject({ name: 'BlindError' })
  await expect(askOnce({ ca: made!.ca, ...other!.client })).rejects.toMatchObject({ name: 'BlindError' })
})
