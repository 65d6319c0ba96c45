import { UsageError } from '../domain/errors.ts'
import type { Operator } from '../domain/operator.ts'
import type { RecordReader } from '../domain/ports.ts'
import { decodePosted, decodeWebhook } from '../signals/alertmanager.ts'
import type { AlertPreview, Api, Nothing } from './contract.ts'
import { NotFoundError } from './problem.ts'
import { incidentsOf, incidentStory, runStory } from './read.ts'

/** The contract over a running operator and its record. `now` is in epoch milliseconds. */
export function apiOf(operator: Operator, reader: RecordReader, now: () => number): Api {
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
    proposals: async ({ limit, ...query }) => {
      const items = await reader.proposals({ ...query, limit })
      const last = items.length === limit ? items.at(-1)?.proposal.id : undefined
      return { items, ...(last !== undefined && { next: last }) }
    },
    proposal: async ({ id }) => {
      const [view] = await reader.proposals({ state: 'all', proposal: id, limit: 1 })
      return view ?? unknown('proposal', id)
    },
    approve: ({ id, ...said }) => operator.approve({ proposal: id, ...said }),
    reject: order(({ id, ...said }) => operator.reject({ proposal: id, ...said })),
    takeOver: order(({ id, ...said }) => operator.takeOver({ incident: id, ...said })),
    wrong: order(({ id, ...said }) => operator.markWrong({ subject: id, ...said })),
    reload: order(() => operator.reload()),
    wake: order(async () => operator.wake()),
    incidents: async ({ limit }) => incidentsOf(reader, await reader.incidents({ limit })),
    incident: async ({ id }) => (await incidentStory(reader, id)) ?? unknown('incident', id),
    alerts: async ({ limit, only }) => {
      const alerts = operator.alerts()
      return alerts.filter(({ policies }) => only === 'all' || policies.length === 0).slice(0, limit)
    },
    preview: ({ body }) => preview(operator, body, now()),
    run: async ({ id }) => (await runStory(reader, id)) ?? unknown('run', id),
    record: ({ after, limit }) => reader.entries({ after, limit }),
  }
}

const MOST_PREVIEWED = 100

async function preview(operator: Operator, body: unknown, now: number): Promise<AlertPreview> {
  const { alerts, refused } = Array.isArray(body) ? decodePosted(body, now) : decodeWebhook(body, now)
  if (alerts.length > MOST_PREVIEWED) {
    throw new UsageError(`cannot plan for ${alerts.length} alerts at once: at most ${MOST_PREVIEWED}`)
  }
  return { plans: await operator.preview(alerts), refused }
}

function unknown(noun: string, id: string): never {
  throw new NotFoundError(`the record knows no ${noun} '${id}'`)
}
