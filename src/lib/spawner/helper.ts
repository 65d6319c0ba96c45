import type { FromHelper, ToHelper } from './messages.ts'
import { runCommand, type Running } from './run.ts'

/**
 * The spawn helper, a program of its own and a child of whoever asks: small, so that a fork is cheap. Ends with its
 * owner, and all that it runs ends with it.
 */
const running = new Map<number, Running>()

function start(id: number, order: Extract<ToHelper, { run: unknown }>['run']): void {
  const command = runCommand(order)
  running.set(id, command)
  if (command.pid !== undefined) answer({ id, pid: command.pid })
  void command.result
    .then(
      (result) => answer({ id, result }),
      (thrown: Error) => answer({ id, problem: thrown.message }),
    )
    .finally(() => running.delete(id))
}

/** An owner that is gone is told nothing; `disconnect` says the rest. */
function answer(message: FromHelper): void {
  if (process.connected) process.send?.(message, undefined, undefined, () => {})
}

process.on('message', (message: ToHelper) => {
  if ('kill' in message) running.get(message.id)?.kill()
  else start(message.id, message.run)
})

process.on('disconnect', () => {
  for (const command of running.values()) command.kill()
  process.exit(0)
})
