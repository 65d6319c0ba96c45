import type { Proof } from '../cli/deps.ts'
import { rulesOf } from '../diagnose/engines/rules.ts'
import { messageOf, UsageError } from '../domain/errors.ts'
import { accountOf, type Account } from '../engine/proof/account.ts'
import { openReader } from '../store/reader.ts'
import { verifyRecord } from '../store/verify.ts'
import { ROOMS } from './rooms.ts'
import { VERSION } from './version.ts'

/** Derives the decisions of a run or an incident again, from the record of a data folder or a backup alone. */
export async function prove(
  place: string,
  subject: string,
  options: { readonly onProgress?: (entries: number) => void } = {},
): Promise<Proof> {
  const chain = verifyRecord(place, options)
  const told = await accountIn(place, subject).catch((thrown: unknown) => {
    // A record that is broken may be so broken that it cannot be told.
    if (chain.ok || thrown instanceof UsageError) throw thrown
    return { problem: messageOf(thrown) }
  })
  const account = 'problem' in told ? undefined : told
  const derived = account?.lines.flatMap((line) => line.derived) ?? []
  const proven = chain.ok && derived.length > 0 && derived.every(({ result }) => result === 'same')
  return {
    subject,
    proven,
    chain,
    version: VERSION,
    ...(account ? { account } : { problem: 'problem' in told ? told.problem : '' }),
  }
}

async function accountIn(place: string, subject: string): Promise<Account> {
  const reader = openReader(place)
  try {
    return await accountOf(reader, subject, { ...ROOMS, rulesOf })
  } finally {
    reader.close()
  }
}
