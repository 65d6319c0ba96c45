import { z } from 'zod'
import type { Alert } from '../../domain/alert.ts'
import { UsageError } from '../../domain/errors.ts'
import type { Intake } from '../../domain/intake.ts'
import type { Labels } from '../../domain/signal.ts'
import { fingerprintOf, sortedLabels } from '../fingerprint.ts'

type AlertLine = {
  at: string | number
  status?: 'firing' | 'resolved'
  labels: Labels
  annotations?: Labels
}

const labels = z.record(z.string(), z.string())
const line: z.ZodType<AlertLine> = z.strictObject({
  at: z.union([z.string(), z.number()]),
  status: z.enum(['firing', 'resolved']).exactOptional(),
  labels,
  annotations: labels.exactOptional(),
})

/**
 * Received alerts as lines of JSON, `{"at": "2026-01-31T03:00:00Z", "labels": {"alertname": "HighErrors"}}`, in the order
 * of time; one fires until a line with the same labels has `"status": "resolved"`. Throws {@link UsageError} at the first
 * line that cannot be read.
 */
export async function* readAlertLines(text: string, file: string): AsyncGenerator<Intake> {
  const firing = new Map<string, Alert>()
  const found = text.split('\n').flatMap((one, i) => (one.trim() === '' ? [] : [alertOn(one, `${file}:${i + 1}`)]))
  for (const { at, status, labels: given, annotations } of found.sort((a, b) => a.at - b.at)) {
    const sorted = sortedLabels(given)
    const fingerprint = fingerprintOf(sorted)
    const startsAt = firing.get(fingerprint)?.startsAt ?? at
    const alert: Alert = { fingerprint, status, labels: sorted, annotations, source: file, startsAt, receivedAt: at }
    if (status === 'firing') firing.set(fingerprint, alert)
    else firing.delete(fingerprint)
    yield { kind: 'alerts', at, alerts: [status === 'firing' ? alert : { ...alert, endsAt: at }] }
  }
}

type AlertAt = Required<Omit<AlertLine, 'at'>> & { readonly at: number }

function alertOn(text: string, place: string): AlertAt {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (cause) {
    throw new UsageError(`${place}: no JSON`, { cause })
  }
  const { data, error } = line.safeParse(json)
  if (!data)
    throw new UsageError(
      `${place}: ${error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ')}`,
    )
  const at = typeof data.at === 'number' ? data.at : Date.parse(data.at)
  if (Number.isNaN(at))
    throw new UsageError(`${place}: at: expected a time such as "2026-01-31T03:00:00Z", or epoch milliseconds`)
  return { at, status: data.status ?? 'firing', labels: data.labels, annotations: data.annotations ?? {} }
}
