import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { messageOf, TerminalError } from '../domain/errors.ts'
import type { Proposal } from '../domain/proposal.ts'

/** A signed link: which proposal, until when (epoch milliseconds), and that it came from us. */
export type SignedLink = { readonly id: string; readonly until: number; readonly sig: string }

/** Links for messages. They lead to a page and give no rights: whoever approves there needs a token of their own. */
export type Links = {
  /** The page of a proposal; undefined where nobody said where people reach this server. */
  linkTo(proposal: Pick<Proposal, 'id' | 'expiresAt'>): string | undefined
  /** @param now epoch milliseconds */
  check(link: SignedLink, now: number): 'genuine' | 'expired' | 'forged'
}

/** @param publicUrl where people reach this server, without a slash at the end */
export function linksOf(key: Buffer, publicUrl: () => string | undefined): Links {
  const sign = (id: string, until: number): Buffer => createHmac('sha256', key).update(`${until}\n${id}`).digest()
  return {
    linkTo: ({ id, expiresAt }) => {
      const base = publicUrl()
      if (base === undefined) return undefined
      const query = new URLSearchParams({ until: String(expiresAt), sig: sign(id, expiresAt).toString('base64url') })
      return `${base}/proposals/${encodeURIComponent(id)}?${query.toString()}`
    },
    check: ({ id, until, sig }, now) => {
      const [ours, theirs] = [sign(id, until), Buffer.from(sig, 'base64url')]
      if (ours.length !== theirs.length || !timingSafeEqual(ours, theirs)) return 'forged'
      return now < until ? 'genuine' : 'expired'
    },
  }
}

const KEY_BYTES = 32

/** The key of a data folder's links, made when there is none: for its owner's eyes only. Throws TerminalError. */
export function linkKey(folder: string): Buffer {
  const file = join(folder, 'link.key')
  try {
    writeFileSync(file, randomBytes(KEY_BYTES), { mode: 0o600, flag: 'wx' })
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== 'EEXIST') throw unusable(file, messageOf(thrown))
  }
  const key = readFileSync(file)
  if (key.length !== KEY_BYTES) throw unusable(file, `it has ${key.length} bytes and not ${KEY_BYTES}`)
  return key
}

function unusable(file: string, why: string): TerminalError {
  return new TerminalError(`cannot use the key of links ${file}: ${why}; remove it, and links in old messages end`)
}
