import { spawnSync } from 'node:child_process'
import { chromium, type Browser } from 'playwright-core'

/** Debian's, unless `KINTSUGI_CHROMIUM` names another. */
const PROGRAM: string = process.env['KINTSUGI_CHROMIUM'] ?? '/usr/bin/chromium'

/** Calls nobody: a test may meet no server but its own. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** Why no browser can be started, and how to get one; undefined where one can. */
export function missingChromium(): string | undefined {
  const found = spawnSync(PROGRAM, ['--version'])
  if (found.status === 0) return undefined
  return `${PROGRAM} cannot be started: run scripts/install-test-servers.sh, or name another in KINTSUGI_CHROMIUM`
}

/** A browser without a window. Whoever launches it closes it. */
export function launchChromium(): Promise<Browser> {
  return chromium.launch({ executablePath: PROGRAM, args: FLAGS })
}
