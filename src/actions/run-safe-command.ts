import { commandAction, type CommandAction } from './run-command.ts'

/** Runs a command of which whoever names it has declared that twice is the same as once: a cut-off one is run again. */
export const runSafeCommand: CommandAction = commandAction('run-safe-command', 'safe')
