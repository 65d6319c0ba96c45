import { spawnSync } from 'node:child_process'

/** Whether a program is installed; where it is not, says loudly what is skipped. */
export function installed(program: string, what: string): boolean {
  if (spawnSync(program, ['--version']).error === undefined) return true
  console.warn(`\n!!! SKIPPED: ${what}, since ${program} is not installed\n`)
  return false
}
