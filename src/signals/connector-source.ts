import type { Clock } from '../lib/clock.ts'
import type { Connector } from '../domain/ports.ts'
import { STALE_INTERVALS } from '../domain/signal.ts'
import { within } from './deadline.ts'
import type { Look, Source } from './sources.ts'

/** What a connector sees by itself, asked at a steady pace; given up once what it said before would be stale. */
export function connectorSource(
  connector: Pick<Connector, 'name' | 'observe'>,
  intervalMs: number,
  { clock }: { readonly clock: Clock },
): Source {
  const timeoutMs = STALE_INTERVALS * intervalMs
  const look: Look['look'] = (now, abort) =>
    within({ timeoutMs, clock, abort }, (signal) => connector.observe(signal, now))
  return { name: connector.name, intervalMs, round: () => [{ key: '', look }] }
}
