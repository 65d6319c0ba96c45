import type { Moment } from '../lib/clock.ts'
import type { Write } from '../domain/ledger.ts'
import type { Database } from './database.ts'
import { keepAlerts } from './sql/alerts.ts'
import { endAttempt, releaseAttempts, spendAttempt } from './sql/attempts.ts'
import { chargeDisturbance, settleAll, settleDisturbances } from './sql/disturbances.ts'
import { endHolds, putHold, putLatch } from './sql/holds.ts'
import { closeIncident, openIncident } from './sql/incidents.ts'
import { freeLocks, takeLocks } from './sql/locks.ts'
import { endPause, putPause } from './sql/pause.ts'
import { closeProposal, endorseProposal, openProposal } from './sql/proposals.ts'
import { closeRun, openRun } from './sql/runs.ts'

/** Makes one change of the tables; throws ConflictError when what it expects is not so. */
export function applyWrite(db: Database, write: Write, at: Moment): void {
  switch (write.do) {
    case 'open-run':
      return openRun(db, write.row, at)
    case 'close-run':
      closeRun(db, write.run, write.outcome, at)
      return endAttempt(db, write.run, at)
    case 'lock':
      return takeLocks(db, write.run, write.own, write.within)
    case 'unlock':
      freeLocks(db, write.run)
      // Who gives up its locks disturbs nothing more; who keeps them may have left something half done.
      return settleAll(db, write.run, at)
    case 'spend':
      return spendAttempt(db, write, at)
    case 'charge':
      return chargeDisturbance(db, write, at)
    case 'settle':
      return settleDisturbances(db, write, at)
    case 'open-incident':
      return openIncident(db, write.incident, write.owner, at)
    case 'close-incident':
      return closeIncident(db, write.incident, at)
    case 'open-proposal':
      return openProposal(db, write)
    case 'endorse-proposal':
      return endorseProposal(db, write, at)
    case 'close-proposal':
      return closeProposal(db, write, at)
    case 'hold':
      return putHold(db, write, at)
    case 'latch':
      return putLatch(db, write.owner, write.reason, at)
    case 'release':
      endHolds(db, write.target)
      return releaseAttempts(db, write.target)
    case 'pause':
      return putPause(db, write, at)
    case 'resume':
      return endPause(db)
    case 'keep-alerts':
      return keepAlerts(db, write.dropped)
  }
}
