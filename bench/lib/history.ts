import { healed } from '../../test/fixtures/incidents.ts'
import { quickRecord } from '../../test/fixtures/record.ts'

const MONTH_MS = 30 * 24 * 3_600_000
/** So many commits are on their way at once: the record takes them in groups. */
const AT_ONCE = 2000

/** Fills the record of a data folder with so many incidents of the last month, each found, mended, verified and closed. */
export async function writeHistory(folder: string, incidents: number, now: number): Promise<void> {
  const record = await quickRecord(folder)
  const apartMs = MONTH_MS / incidents
  const text = JSON.stringify(healed)
  let under: Promise<unknown>[] = []
  for (let n = 0; n < incidents; n++) {
    for (const { afterMs, entries, writes = [] } of storyOf(text, n)) {
      const wallMs = Math.round(now - MONTH_MS + n * apartMs) + afterMs
      under.push(record.commit({ at: { wallMs, bootMs: n * apartMs, bootId: 'bench' }, entries, writes }))
    }
    if (under.length < AT_ONCE) continue
    await Promise.all(under)
    under = []
  }
  await Promise.all(under)
  await record.close()
}

/** The same story about another incident, on one of a thousand instances. */
function storyOf(text: string, n: number): typeof healed {
  const told = text
    .replaceAll('inc-1', `inc-${String(n).padStart(6, '0')}`)
    .replaceAll('run-1', `run-${String(n).padStart(6, '0')}`)
    .replaceAll('plan-1', `plan-${String(n).padStart(6, '0')}`)
    .replaceAll('web-1', `web-${n % 1000}`)
  return JSON.parse(told) as typeof healed
}
