#!/usr/bin/env node
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import { setTimeout } from 'node:timers/promises'
import { callOwner } from './api/client.ts'
import { callRemote } from './api/remote.ts'
import { runCli } from './cli/program.ts'
import { readConfig } from './main/config.ts'
import { demo, lab } from './main/demo.ts'
import { keyProblem, keysAtHand } from './main/keys.ts'
import { knownNow } from './main/discover.ts'
import { doctor } from './main/doctor.ts'
import { playPolicyTests } from './main/policy-tests.ts'
import { prove } from './main/prove.ts'
import { replayAsked } from './main/replay.ts'
import { serve } from './main/serve.ts'
import { VERSION } from './main/version.ts'
import { postJson } from './notify/post.ts'
import { backupRecord } from './store/backup.ts'
import { openReader } from './store/reader.ts'
import { restoreRecord } from './store/restore.ts'
import { verifyRecord } from './store/verify.ts'

/** The composition root: `main/` constructs, the command line decides what. */
const out = (text: string): void => void process.stdout.write(text)

// Whoever read has read enough (`| head`): that ends the text, and nothing else.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
})

const send = (text: string): Promise<boolean> =>
  new Promise((resolve) => void process.stdout.write(text, (error) => resolve(!error)))

/** A text file is whole, old or new, whoever dies meanwhile. */
function writeWhole(path: string, text: string): void {
  writeFileSync(`${path}.new`, text, { mode: 0o600 })
  renameSync(`${path}.new`, path)
}

const progress = (entries: number): void => {
  if (process.stderr.isTTY) process.stderr.write(`\r${entries} entries checked\r`)
}

process.exitCode = await runCli(process.argv.slice(2), {
  out,
  send,
  err: (text) => void process.stderr.write(text),
  version: VERSION,
  user: userInfo().username,
  debug: Boolean(process.env['KINTSUGI_DEBUG']),
  serve: (where, started, recordSignals) => serve(where, started, recordSignals && { recordSignals }),
  demo: (options, started) => demo(options, out, started),
  lab,
  loadConfig: async (path) => readConfig(path),
  readText: (path) => readFileSync(path, 'utf8'),
  knownNow,
  keyProblem,
  doctor,
  playPolicyTests,
  replay: replayAsked,
  ...(process.stderr.isTTY && { progress: (text: string) => void process.stderr.write(text) }),
  openReader: (dataDir, keyFile) => openReader(dataDir, keysAtHand(keyFile)),
  verifyRecord: (folder, heads) => verifyRecord(folder, { onProgress: progress, heads }),
  prove: (folder, subject) => prove(folder, subject, { onProgress: progress }),
  backupRecord,
  restoreRecord,
  now: () => Date.now(),
  sleep: (ms) => setTimeout(ms),
  readIfThere: (path) => (existsSync(path) ? readFileSync(path, 'utf8') : undefined),
  writeText: writeWhole,
  postJson: (url, body) => postJson({ url }, body, { what: '--notify', abort: new AbortController().signal }),
  callOwner,
  callRemote,
})
