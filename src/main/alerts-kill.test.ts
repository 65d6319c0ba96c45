import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openReader } from '../store/reader.ts'
import { verifyRecord } from '../store/verify.ts'
import { freePort } from '../../test/shims.ts'

const MAIN = resolve(import.meta.dirname, '../main.ts')
const LANES = 8
let folder: string
let child: ChildProcess
let base: string

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kintsugi-kill-'))
  const port = await freePort()
  base = `http://127.0.0.1:${port}`
  writeFileSync(join(folder, 'kintsugi.yaml'), `version: 1\nmode: shadow\nlisten: 127.0.0.1:${port}\n`)
})
afterEach(() => {
  child.kill('SIGKILL')
  rmSync(folder, { recursive: true })
})

async function serve(): Promise<void> {
  const argv = [MAIN, 'serve', '-c', join(folder, 'kintsugi.yaml'), '--data', join(folder, 'data')]
  child = spawn(process.execPath, argv, { stdio: 'ignore' })
  while (!(await fetch(`${base}/readyz`).catch(() => undefined))?.ok) await setTimeout(20)
}

async function post(alertname: string): Promise<number> {
  const body = JSON.stringify([{ labels: { alertname }, startsAt: '2026-11-21T08:56:27.234Z' }])
  const answer = await fetch(`${base}/api/v2/alerts`, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json' },
  })
  return answer.status
}

test(
  'killed after the answer, the alert is there; sent again after the restart, it is known; in shadow, too',
  { timeout: 60_000 },
  async () => {
    await serve()
    const answered: string[] = []
    const lanes = Array.from({ length: LANES }, async (_, lane) => {
      for (let n = 0; ; n++) {
        const name = `a-${lane}-${n}`
        if ((await post(name)) !== 200) throw new Error('refused')
        answered.push(name)
        if (answered.length === 200) child.kill('SIGKILL')
      }
    })
    await Promise.allSettled(lanes)
    expect(answered.length).toBeGreaterThanOrEqual(200)
    expect(await namesIn(join(folder, 'data'))).toEqual(expect.arrayContaining(answered))
    expect(verifyRecord(join(folder, 'data'))).toMatchObject({ ok: true })

    await serve()
    const { length: before } = await namesIn(join(folder, 'data'))
    for (const name of answered.slice(0, 20)) expect(await post(name)).toBe(200)
    expect(await namesIn(join(folder, 'data'))).toHaveLength(before)
  },
)

async function namesIn(data: string): Promise<string[]> {
  const reader = openReader(data)
  try {
    return (await reader.alerts()).flatMap(({ alerts }) => alerts.map(({ labels }) => labels['alertname'] ?? ''))
  } finally {
    reader.close()
  }
}
