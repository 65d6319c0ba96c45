import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import type { EntryBody } from '../domain/entry.ts'
import { isSealed, type Sealed } from '../domain/sealed.ts'
import { canonical, type Json } from '../lib/json.ts'
import type { Key, Keys } from './keys.ts'

const ALGORITHM = 'aes-256-gcm'
const IV_BYTES = 12
const TAG_BYTES = 16

/**
 * The body with what a target's snapshot says encrypted, which may hold secrets: what captures found, and what a person
 * was shown of it. The digest is taken of what is stored, the encrypted text with its random nonce: the chain is checked
 * without a key, and a digest of a short secret, which could be guessed, stands nowhere.
 */
export function sealBody(body: EntryBody, { newest }: Keys): EntryBody {
  return eachSecret(body, (value) => seal(value, newest))
}

/** The body as it was, as far as its keys are at hand; the rest of it stays sealed. */
export function openBody(body: EntryBody, keys: Keys | undefined): EntryBody {
  return keys ? eachSecret(body, (value) => (isSealed(value) ? unseal(value, keys) : value)) : body
}

/** Whether a body has anything that is encrypted where there are keys. */
export function holdsSecrets(body: EntryBody): boolean {
  return body.kind === 'proposed' ? body.proposal.preview.length > 0 : isCapture(body)
}

function eachSecret(body: EntryBody, change: (value: Json) => Json): EntryBody {
  if (isCapture(body)) return { ...body, result: change(body.result) }
  if (body.kind !== 'proposed') return body
  const { proposal } = body
  const preview = proposal.preview.map(({ step, before }) => ({ step, before: change(before) }))
  return { ...body, proposal: { ...proposal, preview } }
}

function isCapture(body: EntryBody): body is Extract<EntryBody, { kind: 'step-succeeded' }> {
  return body.kind === 'step-succeeded' && body.step.endsWith('/capture')
}

function seal(value: Json, { id, bytes }: Key): Sealed {
  const iv = randomBytes(IV_BYTES)
  const cipher = createCipheriv(ALGORITHM, bytes, iv)
  const text = Buffer.concat([cipher.update(canonical(value)), cipher.final()])
  return { $sealed: id, data: Buffer.concat([iv, cipher.getAuthTag(), text]).toString('base64') }
}

function unseal(sealed: Sealed, keys: Keys): Json {
  const key = keys.find(sealed.$sealed)
  if (!key) return sealed
  const data = Buffer.from(sealed.data, 'base64')
  const decipher = createDecipheriv(ALGORITHM, key.bytes, data.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES })
  decipher.setAuthTag(data.subarray(IV_BYTES, IV_BYTES + TAG_BYTES))
  try {
    const text = Buffer.concat([decipher.update(data.subarray(IV_BYTES + TAG_BYTES)), decipher.final()])
    return JSON.parse(text.toString()) as Json
  } catch {
    return sealed // not what was written: nobody shall take it for a snapshot
  }
}
