import { gunzipSync } from 'node:zlib'
import { messageOf, UsageError } from '../domain/errors.ts'
import { unsnappy } from '../signals/wire/snappy.ts'
import type { Delivery } from './messages.ts'

/** The body as it was before it was packed. Throws UsageError on what cannot be unpacked, or is larger than `maxBytes`. */
export function unpacked({ encoding, body }: Pick<Delivery, 'encoding' | 'body'>, maxBytes: number): Uint8Array {
  switch (encoding) {
    case 'identity':
      return body
    case 'snappy':
      return unsnappy(body, maxBytes)
    case 'gzip':
      try {
        return gunzipSync(body, { maxOutputLength: maxBytes })
      } catch (thrown) {
        throw new UsageError(`cannot unpack the body: ${messageOf(thrown)}; at most ${maxBytes} bytes are read`)
      }
  }
}
