import { execFileSync } from 'node:child_process'

/** Whether this machine has what the commands for people's shells call. */
export const HAS_CURL: boolean = ((): boolean => {
  try {
    execFileSync('curl', ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
})()
