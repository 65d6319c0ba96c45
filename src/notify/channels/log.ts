import type { Log } from '../../lib/log.ts'
import type { Channel } from '../channel.ts'

/** Writes messages into Kintsugi's own log. */
export function logChannel(about: Pick<Channel, 'name' | 'on' | 'least'>, log: Log): Channel {
  return {
    ...about,
    send: async ({ title, lines, key, occasion, severity }) =>
      log.warn({ title, lines, key, occasion, severity, channel: about.name }, 'notification'),
  }
}
