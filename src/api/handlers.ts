import type { Operator } from '../domain/operator.ts'
import type { RecordReader } from '../domain/ports.ts'
import type { Api, Nothing } from './contract.ts'
import { NotFoundError } from './problem.ts'
import { incidentsOf, incidentStory, runStory } from './read.ts'

/** The contract over a running operator and its record. */
export function apiOf(operator: Operator, reader: RecordReader): Api {
  const order =
    <Order>(give: (order: Order) => Promise<void>) =>
    async (input: Order): Promise<Nothing> => {
      await give(input)
      return {}
    }
  return {
    status: () => operator.status(),
    pause: order((input) => operator.pause(input)),
    resume: order((input) => operator.resume(input)),
    hold: order((input) => operator.hold(input)),
    release: order((input) => operator.release(input)),
    reload: order(() => operator.reload()),
    wake: order(async () => operator.wake()),
    incidents: async ({ limit }) => incidentsOf(reader, await reader.incidents({ limit })),
    incident: async ({ id }) => (await incidentStory(reader, id)) ?? unknown('incident', id),
    run: async ({ id }) => (await runStory(reader, id)) ?? unknown('run', id),
    record: ({ after, limit }) => reader.entries({ after, limit }),
  }
}

function unknown(noun: string, id: string): never {
  throw new NotFoundError(`the record knows no ${noun} '${id}'`)
}
