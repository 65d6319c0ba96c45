import type { Severity } from '../domain/finding.ts'
import type { Message, Occasion } from './message.ts'

/** One way to a person, under the operator's name for it. */
export type Channel = {
  readonly name: string
  /** What it is told of; absent: everything but the opening of incidents, since most end before anybody has read of it. */
  readonly on?: readonly Occasion[]
  /** Not told of what is less severe. */
  readonly least?: Severity
  /** Resolves once the receiver has it. Throws RetryableError when it may be tried again, TerminalError when not. */
  send(message: Message, abort: AbortSignal): Promise<void>
}

const DEFAULT_ON: readonly Occasion[] = ['needs-person', 'would-run', 'closed', 'report']
const ORDER: readonly Severity[] = ['info', 'warning', 'high', 'critical']

/** Whether the channel wants to hear of it. */
export function wants({ on = DEFAULT_ON, least = 'info' }: Pick<Channel, 'on' | 'least'>, message: Message): boolean {
  return on.includes(message.occasion) && ORDER.indexOf(message.severity) >= ORDER.indexOf(least)
}
