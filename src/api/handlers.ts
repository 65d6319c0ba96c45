import { UsageError } from '../domain/errors.ts'
import type { Operator, Order } from '../domain/operator.ts'
import type { Identity } from '../domain/person.ts'
import type { RecordReader } from '../domain/ports.ts'
import type { Story } from '../domain/view.ts'
import { allEntries } from '../engine/all-entries.ts'
import type { Report } from '../domain/report.ts'
import { reportFrom } from '../engine/tasks/report.ts'
import { COUNTED, statisticsOf, type Statistics } from '../learn/statistics.ts'
import { decodePosted, decodeWebhook } from '../signals/alertmanager.ts'
import type { Caller } from './access.ts'
import type { AnswerOf, InputOf, RouteName } from './contract.ts'
import type { AlertPreview } from './contract/alerts.ts'
import type { ProposalAsked, ProposalShown } from './contract/incidents.ts'
import type { Ordered } from './contract/orders.ts'
import type { RecordCheck } from './contract/record.ts'
import type { Nothing } from './contract/route.ts'
import type { ConfigShown } from './contract/server.ts'
import { labOf } from './lab.ts'
import type { Links } from './links.ts'
import { openApi } from './openapi.ts'
import { NotFoundError } from './problem.ts'
import { fullPage, incidentsOf, incidentStory, pageOf, recordPage, runStory } from './read.ts'

/** The contract as the server has it: every answer may depend on who asks. */
export type Handlers = {
  readonly [Name in RouteName]: (input: InputOf<Name>, caller: Caller) => Promise<AnswerOf<Name>>
}

/** What the contract is answered from. What is absent is not offered: its routes answer 404. */
export type Served = {
  readonly operator: Operator
  readonly reader: RecordReader
  /** Epoch milliseconds. */
  readonly now: () => number
  readonly hasTokens: () => boolean
  readonly verify?: () => Promise<RecordCheck>
  readonly config?: () => ConfigShown
  readonly links?: Links
  /** The lab's control server, in the demo. */
  readonly lab?: string
}

export function handlersOf(x: Served): Handlers {
  return { ...serverHandlers(x), ...orderHandlers(x), ...viewHandlers(x), ...readHandlers(x) }
}

type Part<Name extends RouteName> = Pick<Handlers, Name>

function serverHandlers(x: Served): Part<'status' | 'me' | 'config' | 'openapi' | 'lab' | 'inject' | 'undo'> {
  const lab = labOf(x.lab)
  return {
    status: () => x.operator.status(),
    me: async (_input, { name, role }) => ({
      name,
      role,
      tokens: x.hasTokens(),
      demo: x.lab === undefined ? {} : { lab: x.lab },
    }),
    config: async () => x.config?.() ?? notHere('configuration'),
    openapi: async () => openApi(),
    lab: () => lab('GET', '/'),
    inject: ({ name }) => lab('POST', `/faults/${name}`),
    undo: ({ name }) => lab('DELETE', `/faults/${name}`),
  }
}

/** Whose order it is: the token's, where there is one; else of whom the caller says. */
function signed<Input extends Ordered>(input: Input, caller: Caller): Input & Order {
  const { by, who } = asOrder(caller)
  return { ...input, by: caller.speaksFor ? (input.by ?? by) : by, who }
}

/** Who a caller is, as orders carry it. */
export function asOrder({ name, person, known, role, speaksFor }: Caller): {
  readonly by: string
  readonly who: Identity
} {
  return { by: name, who: { person, known, role, ...(speaksFor && { claimed: true }) } }
}

function orderHandlers({
  operator,
}: Served): Part<
  | 'pause'
  | 'resume'
  | 'hold'
  | 'announce'
  | 'endAnnouncement'
  | 'release'
  | 'approve'
  | 'reject'
  | 'takeOver'
  | 'acknowledge'
  | 'wrong'
  | 'reload'
  | 'wake'
> {
  const order =
    <Input extends Ordered>(give: (order: Input & Order) => Promise<void>) =>
    async (input: Input, caller: Caller): Promise<Nothing> => {
      await give(signed(input, caller))
      return {}
    }
  return {
    pause: order((input) => operator.pause(input)),
    resume: order((input) => operator.resume(input)),
    hold: order((input) => operator.hold(input)),
    announce: (input, caller) => operator.announce(signed(input, caller)),
    endAnnouncement: order((input) => operator.endAnnouncement(input)),
    release: order((input) => operator.release(input)),
    approve: (input, caller) => {
      const { id: proposal, ...rest } = signed(input, caller)
      return operator.approve({ proposal, ...rest })
    },
    reject: order(({ id: proposal, ...rest }) => operator.reject({ proposal, ...rest })),
    acknowledge: order(({ id: subject, ...rest }) => operator.acknowledge({ subject, ...rest })),
    takeOver: order(({ id: incident, ...rest }) => operator.takeOver({ incident, ...rest })),
    wrong: order(({ id: subject, ...rest }) => operator.markWrong({ subject, ...rest })),
    reload: async (_input, caller) => {
      await operator.reload(asOrder(caller))
      return {}
    },
    wake: async () => {
      operator.wake()
      return {}
    },
  }
}

function viewHandlers({
  operator: { views },
  reader,
}: Served): Part<'overview' | 'targets' | 'policies' | 'pauses' | 'loud' | 'plans' | 'incident'> {
  const storyOf = async (id: string): Promise<Story> => (await incidentStory(reader, id)) ?? unknown('incident', id)
  return {
    overview: () => views.overview(),
    targets: () => views.targets(),
    policies: () => views.policies(),
    pauses: () => views.pauses(),
    loud: () => views.loud(),
    incident: async ({ id }) => views.incident(await storyOf(id)),
    plans: async ({ incident }) => views.plans(await storyOf(incident)),
  }
}

function readHandlers(
  x: Served,
): Part<
  | ('incidents' | 'runs' | 'run' | 'proposals' | 'proposal')
  | ('alerts' | 'preview' | 'record' | 'verify' | 'ledger' | 'report' | 'stats')
> {
  const { operator, reader, now } = x
  return {
    incidents: async ({ limit, after, state }) => {
      const ids = await reader.incidents({
        limit,
        ...(after !== undefined && { after }),
        ...(state !== 'all' && { state }),
      })
      const { next } = fullPage(ids, limit, (id) => id)
      return { items: await incidentsOf(reader, ids), ...(next !== undefined && { next }) }
    },
    runs: async (page) => fullPage(await reader.runs(page), page.limit, ({ run }) => run),
    run: async ({ id }) => (await runStory(reader, id)) ?? unknown('run', id),
    proposals: async (page) => fullPage(await reader.proposals(page), page.limit, ({ proposal }) => proposal.id),
    proposal: (asked) => proposalShown(x, asked),
    alerts: async ({ only, ...page }) => {
      const alerts = operator.alerts()
      const asked = only === 'all' ? alerts : [...alerts].filter(({ policies }) => policies.length === 0)
      return pageOf(asked, page, ({ fingerprint }) => fingerprint)
    },
    preview: ({ body }) => preview(operator, body, now()),
    record: (page) => recordPage(reader, page),
    verify: () => x.verify?.() ?? notHere('record to verify'),
    ledger: ({ target }) => reader.ledger(target),
    report: ({ hours }) => report(reader, hours, now()),
    stats: ({ days }) => statistics(reader, now() - days * DAY_MS),
  }
}

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

/** Up to the whole minute, so that the answer stays the same while nothing new is told. */
async function report(reader: RecordReader, hours: number, now: number): Promise<Report> {
  const to = Math.ceil(now / MINUTE_MS) * MINUTE_MS
  return reportFrom(reader, { from: to - hours * HOUR_MS, to })
}

async function statistics(reader: RecordReader, from: number): Promise<Statistics> {
  const all = await allEntries(reader, { kinds: COUNTED })
  return statisticsOf(all.filter(({ at }) => at.wallMs >= from))
}

async function proposalShown({ reader, links, now }: Served, asked: ProposalAsked): Promise<ProposalShown> {
  const { id, until, sig } = asked
  const [view = unknown('proposal', id)] = await reader.proposals({ state: 'all', proposal: id, limit: 1 })
  if (!links || sig === undefined) return view
  return { ...view, link: links.check({ id, until: until ?? 0, sig }, now()) }
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

function notHere(what: string): never {
  throw new NotFoundError(`there is no ${what} here`)
}
