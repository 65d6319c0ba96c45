import { readFileSync } from 'node:fs'
import { readPolicyTests } from '../config/policy-tests.ts'
import { messageOf, UsageError } from '../domain/errors.ts'
import { playTest, type Played } from '../engine/policy-tests/play.ts'
import { createWindows } from '../signals/windows.ts'
import { CATALOGUE, readConfig, settingsOf } from './config.ts'
import { ROOMS } from './rooms.ts'
import { capacityFor, graceFor } from './sources.ts'

/** Runs the tests of one file. Throws UsageError with one line for each problem of the file or its configuration. */
export async function playPolicyTests(file: string): Promise<readonly Played[]> {
  const { config, mode, tests } = readPolicyTests(textOf(file), file, {
    configOf: readConfig,
    remedies: [...CATALOGUE.remedies.keys()],
    gates: ROOMS.gates.map(({ name }) => name),
  })
  const subject = {
    ...ROOMS,
    settings: { ...settingsOf(config), mode },
    graceMs: graceFor(config),
    windows: () => createWindows({ capacity: capacityFor(config) }),
  }
  const played: Played[] = []
  for (const test of tests) played.push(await playTest(test, subject))
  return played
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    throw new UsageError(`cannot read the tests ${file}: ${messageOf(cause)}`, { cause })
  }
}
