import { monitorEventLoopDelay } from 'node:perf_hooks'
import { Counter, Gauge, Registry } from 'prom-client'
import type { NewEntry } from '../domain/entry.ts'
import type { RecordPort } from '../domain/ports.ts'
import { recordOf, recordProblem, type Engine } from './engine.ts'
import { makeIntakeMetrics } from './intake-metrics.ts'
import { makeRepairMetrics } from './repair-metrics.ts'

/** Kintsugi's own numbers; counters are counted from what the record acknowledged, so that they cannot say more than it. */
export type Metrics = {
  /** The record, counting what it acknowledged. */
  counting(record: RecordPort): RecordPort
  /** Prometheus text. */
  text(engine: Engine): Promise<string>
}

export function makeMetrics(version: string): Metrics {
  const registers = [new Registry()]
  const entries = new Counter({
    name: 'kintsugi_record_entries_total',
    help: 'Entries appended, by kind.',
    labelNames: ['kind'],
    registers,
  })
  const outcomes = new Counter({
    name: 'kintsugi_runs_ended_total',
    help: 'Runs that ended, by outcome.',
    labelNames: ['outcome'],
    registers,
  })
  const repairs = makeRepairMetrics(registers)
  const setIntake = makeIntakeMetrics(registers)
  const gauge = (name: string, help: string): Gauge => new Gauge({ name, help, registers })
  const gauges = {
    turns: gauge('kintsugi_loop_turns', 'Turns of the loop since the start.'),
    turn: gauge('kintsugi_loop_turn_seconds', 'How long the last turn took.'),
    lag: gauge('kintsugi_loop_lag_seconds', 'How late the last turn began after it was woken.'),
    delay: gauge('kintsugi_event_loop_delay_p99_seconds', 'Event-loop delay since the last scrape, 99th percentile.'),
    incidents: gauge('kintsugi_incidents_open', 'Open incidents.'),
    runs: gauge('kintsugi_runs_open', 'Runs under way.'),
    stale: gauge('kintsugi_sources_blind', 'Sources that are not fresh.'),
    paused: gauge('kintsugi_paused', '1 while paused or frozen.'),
    ailing: gauge('kintsugi_ailing', 'What is wrong with Kintsugi itself, for which it begins nothing.'),
    writable: gauge('kintsugi_record_writable', '1 while the record can be written.'),
  }
  sayVersion(version, registers)
  const delay = monitorEventLoopDelay({ resolution: 10 })
  delay.enable()

  const count = ({ body }: NewEntry): void => {
    entries.inc({ kind: body.kind })
    if (body.kind === 'run-ended') outcomes.inc({ outcome: body.outcome })
  }
  return {
    counting: (record) => ({
      ...record,
      commit: async (commit) => {
        const seq = await record.commit(commit)
        commit.entries.forEach(count)
        for (const entry of commit.entries) void repairs.count(record, entry, commit.at)
        return seq
      },
    }),
    async text(engine) {
      const { ports, loop } = engine
      gauges.turns.set(loop.turns)
      gauges.turn.set(loop.turnMs / 1000)
      gauges.lag.set(loop.lagMs / 1000)
      gauges.delay.set(delay.percentile(99) / 1e9)
      delay.reset()
      gauges.incidents.set(engine.incidents.open().length)
      gauges.runs.set(engine.runs.size)
      gauges.stale.set(ports.sources().filter(({ fresh }) => !fresh).length)
      gauges.paused.set(engine.pause || ports.killSwitch() !== 'absent' ? 1 : 0)
      gauges.ailing.set(ports.ailments?.().length ?? 0)
      gauges.writable.set((await recordProblem(engine)) === undefined ? 1 : 0)
      const intake = ports.intake?.()
      if (intake) setIntake(intake)
      await repairs.look(recordOf(engine), engine.ports.clock.now())
      return registers[0]?.metrics() ?? ''
    },
  }
}

function sayVersion(version: string, registers: Registry[]): void {
  const help = 'The version that runs.'
  new Gauge({ name: 'kintsugi_build_info', help, labelNames: ['version'], registers }).set({ version }, 1)
}
