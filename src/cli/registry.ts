import type { CliCommand } from './command.ts'
import { announce } from './commands/announce.ts'
import { ack } from './commands/ack.ts'
import { approve } from './commands/approve.ts'
import { checkConfig } from './commands/check-config.ts'
import { demo } from './commands/demo.ts'
import { describeCommand } from './commands/describe.ts'
import { doctor } from './commands/doctor.ts'
import { getCommand } from './commands/get.ts'
import { hold } from './commands/hold.ts'
import { lab } from './commands/lab.ts'
import { openapi } from './commands/openapi.ts'
import { pause } from './commands/pause.ts'
import { planCommand } from './commands/plan.ts'
import { proveCommand } from './commands/prove.ts'
import { record } from './commands/record.ts'
import { reject } from './commands/reject.ts'
import { release } from './commands/release.ts'
import { replayCommand } from './commands/replay.ts'
import { resume } from './commands/resume.ts'
import { serve } from './commands/serve.ts'
import { report } from './commands/report.ts'
import { stats } from './commands/stats.ts'
import { status } from './commands/status.ts'
import { takeOver } from './commands/take-over.ts'
import { testCommand } from './commands/test.ts'
import { watch } from './commands/watch.ts'
import { why } from './commands/why.ts'
import { wrong } from './commands/wrong.ts'

/** Every command, in the order in which help lists them; a test compares this with the folder. */
export const commands: readonly CliCommand[] = [
  serve,
  demo,
  lab,
  checkConfig,
  doctor,
  status,
  getCommand,
  describeCommand,
  why,
  proveCommand,
  planCommand,
  testCommand,
  replayCommand,
  report,
  stats,
  approve,
  reject,
  ack,
  takeOver,
  wrong,
  hold,
  announce,
  release,
  pause,
  resume,
  record,
  watch,
  openapi,
]
