import { readFileSync } from 'node:fs'
import type { World } from '../gate/gate.ts'

/**
 * Looks at the kill-switch file now: absent is open, present is a pause, with the content `freeze` a freeze. A file, or a
 * folder on its way, that cannot be read pauses: a switch that nobody can see is taken as thrown.
 */
export function readKillSwitch(file: string | undefined): World['killSwitch'] {
  if (file === undefined) return 'absent'
  try {
    return readFileSync(file, 'utf8').trim().toLowerCase() === 'freeze' ? 'freeze' : 'pause'
  } catch (thrown) {
    const code = thrown instanceof Error ? (thrown as NodeJS.ErrnoException).code : undefined
    return code === 'ENOENT' ? 'absent' : 'unreadable'
  }
}
