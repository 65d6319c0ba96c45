import { Gauge, type Registry } from 'prom-client'
import type { IntakeStatus } from '../domain/operator.ts'

/** The numbers of what comes in; answers what sets them. Those of the worker begin anew with it. */
export function makeIntakeMetrics(registers: Registry[]): (intake: IntakeStatus) => void {
  const gauge = (name: string, help: string): Gauge => new Gauge({ name: `kintsugi_intake_${name}`, help, registers })
  const gauges = {
    series: gauge('series', 'Series that are kept, of every sender and of all that is looked at.'),
    named: gauge('series_named', 'Series that are pushed and read by policies, objectives, rules or aliases.'),
    samples: gauge('samples', 'Samples taken in since the worker began.'),
    refused: gauge('refused', 'Samples, lines and spans that could not be read since the worker began.'),
    shed: gauge('shed', 'How often a new series was not taken in, by a limit, since the worker began.'),
    restarts: gauge('restarts', 'How often the worker was begun anew.'),
  }
  const unaimed = gauge('series_unaimed', 'Named series of which no rule says whose they are.')
  return (intake) => {
    for (const name of Object.keys(gauges) as (keyof typeof gauges)[]) gauges[name].set(intake[name])
    unaimed.set(intake.unaimed.series)
  }
}
