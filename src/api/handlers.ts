import { UsageError } from '../domain/errors.ts'
import type { Operator } from '../domain/operator.ts'
import type { RecordReader } from '../domain/ports.ts'
import type { Story } from '../domain/view.ts'
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
  const { views } = operator
  const storyOf = async (id: string): Promise<Story> => (await incidentStory(reader, id)) ?? unknown('incident', id)
  return {
    status: () => operator.status(),
    pause: order((input) => operator.pause(input)),
    resume: order((input) => operator.resume(input)),
    hold: order((input) => operator.hold(input)),
    release: order((input) => operator.release(input)),
    reload: order(() => operator.reload()),
    wake: order(async () => operator.wake()),
    incidents: async ({ limit }) => incidentsOf(reader, await reader.incidents({ limit })),
    incident: async ({ id }) => views.incident(await storyOf(id)),
    overview: () => views.overview(),
    targets: () => views.targets(),
    policies: () => views.policies(),
    plans: async ({ incident }) => views.plans(await storyOf(incident)),
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
