import type { Channel } from '../channel.ts'
import { postJson, type Place } from '../post.ts'

/** Posts each message as JSON. The header `Idempotency-Key` is its key: what comes twice has the same. */
export function webhookChannel(about: Pick<Channel, 'name' | 'on' | 'least'>, place: Place): Channel {
  return {
    ...about,
    send: (message, abort) =>
      postJson(
        { ...place, headers: { ...place.headers, 'idempotency-key': message.key } },
        { version: 1, ...message },
        { what: `the webhook '${about.name}'`, abort },
      ),
  }
}
