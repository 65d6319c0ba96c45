import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { installed } from '../installed.ts'
import { freePort, shimFolder, untilState, type ShimFolder } from '../shims.ts'
import { diagnosedBy, startKintsugi, type StartedKintsugi } from './kintsugi.ts'
import { untilSo } from './servers.ts'

// A real Kintsugi that is told by others: errors by syslog (from util-linux' own logger) and by Loki push, and an event.

const TARGET = 'lab:shop/instance/web-1'
const ERRORS = 'increase(log_errors_total{level="error"}[20s]) > 4'

let dir: string
let shims: ShimFolder
let kintsugi: StartedKintsugi | undefined
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'real-lines-'))
  shims = shimFolder()
  const instance = await shims.manifest('web-1')
  await shims.start(instance)
  await untilState(instance, ({ ready }) => ready)
})
afterEach(async () => {
  await kintsugi?.stop()
  await shims.close()
  rmSync(dir, { recursive: true })
})

const json = (body: object, type: string): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': type },
  body: JSON.stringify(body),
})

test.runIf(installed('logger', 'log lines from a real sender'))(
  'errors that others tell of open an incident, and stand in its diagnosis beside an event',
  { timeout: 120_000 },
  async () => {
    const syslogPort = await freePort()
    kintsugi = await startKintsugi(dir, {
      connectors: { lab: { type: 'process', dir: shims.dir } },
      probes: [{ name: 'port', target: 'lab:shop/instance/*', tcp: {} }],
      sources: { syslog: { listen: `127.0.0.1:${syslogPort}` } },
      receive: { targets: [{ match: { app: 'web-.' }, target: 'lab:shop/instance/{app}' }] },
      policies: [{ name: 'errors', condition: ERRORS, target: TARGET, ladder: ['restart-instance', 'page'] }],
      rules: [
        {
          cause: 'no-room',
          when: ERRORS,
          confidence: 0.9,
          summary: 'logs errors',
          recommendation: 'read them',
          affects: 'dependents',
        },
      ],
    })
    const { api, url } = kintsugi

    const event = {
      specversion: '1.0',
      id: '1',
      type: 'com.example.deployed',
      source: '/ci/shop',
      app: 'web-1',
      data: { message: 'v7 is out' },
    }
    expect((await fetch(`${url}/cloudevents`, json(event, 'application/cloudevents+json'))).status).toBeLessThan(300)
    const push = {
      streams: [{ stream: { app: 'web-1' }, values: [[`${Date.now()}000000`, 'level=error msg="by Loki"']] }],
    }
    expect((await fetch(`${url}/loki/api/v1/push`, json(push, 'application/json'))).status).toBe(204)
    for (let i = 0; i < 4; i++) {
      const how = ['--rfc5424', i % 2 === 0 ? '--tcp' : '--udp', '-n', '127.0.0.1', '-P', String(syslogPort)]
      await promisify(execFile)('logger', [...how, '-t', 'web-1', '-p', 'user.err', `no room ${i}`])
    }

    await untilSo(async () => (await diagnosedBy(api)).length > 0, 'an incident is diagnosed')
    expect(await diagnosedBy(api)).toEqual(
      expect.arrayContaining(['log: by Loki', 'log: no room 3', 'event: com.example.deployed: v7 is out (/ci/shop)']),
    )
  },
)
