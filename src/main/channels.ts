import type { NotifyConfig } from '../config/config.ts'
import type { Log } from '../lib/log.ts'
import type { Channel } from '../notify/channel.ts'
import { logChannel } from '../notify/channels/log.ts'
import { slackChannel } from '../notify/channels/slack.ts'
import { webhookChannel } from '../notify/channels/webhook.ts'
import { revealed } from './sources.ts'

/** The way to people that a section of `notify` names. */
export function channelOf(config: NotifyConfig, log: Log): Channel {
  if (config.type === 'log') return logChannel(config, log)
  const place = { url: config.url.reveal(), headers: revealed(config.headers) }
  return config.type === 'slack' ? slackChannel(config, place) : webhookChannel(config, place)
}
