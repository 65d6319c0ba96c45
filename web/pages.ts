import { lazy, type ComponentType } from 'react'

export type PageName = 'overview' | 'incidents' | 'targets' | 'policies' | 'record' | 'lab'
type PageRoute = {
  /** As wouter reads it; `/targets/*?` for what a page does with the rest. */
  readonly path: string
  /** The page itself where its code was there when it was first shown. */
  readonly page: () => ComponentType
  /** Resolves once its code is there. */
  readonly fetch: () => Promise<unknown>
  /** The entry of the navigation, and the second of its keys after `g`. */
  readonly nav?: { readonly name: PageName; readonly href: string; readonly key: string }
}

function fetched(load: () => Promise<ComponentType>): Pick<PageRoute, 'page' | 'fetch'> {
  let loaded: ComponentType | undefined
  let shown: ComponentType | undefined
  const fetch = async (): Promise<ComponentType> => (loaded ??= await load())
  return { fetch, page: () => (shown ??= loaded ?? lazy(async () => ({ default: await fetch() }))) }
}

/** Fetches the code of the page at a path: React leaves a placeholder standing for a third of a second. */
export async function fetchPage(path: string): Promise<void> {
  const section = (of: string): string | undefined => of.split('/')[1]
  await Promise.all(PAGES.filter((page) => section(page.path) === section(path)).map(({ fetch }) => fetch()))
}

/** Every page, in the order of the navigation. */
export const PAGES: readonly PageRoute[] = [
  {
    path: '/',
    ...fetched(async () => (await import('./pages/overview/overview.tsx')).OverviewPage),
    nav: { name: 'overview', href: '/', key: 'o' },
  },
  {
    path: '/incidents',
    ...fetched(async () => (await import('./pages/incident/list.tsx')).IncidentsPage),
    nav: { name: 'incidents', href: '/incidents', key: 'i' },
  },
  {
    path: '/incidents/:id',
    ...fetched(async () => (await import('./pages/incident/incident.tsx')).IncidentPage),
  },
  {
    path: '/proposals/:id',
    ...fetched(async () => (await import('./pages/proposal/proposal.tsx')).ProposalPage),
  },
  {
    path: '/targets',
    ...fetched(async () => (await import('./pages/targets/targets.tsx')).TargetsPage),
    nav: { name: 'targets', href: '/targets', key: 't' },
  },
  {
    path: '/targets/:ref',
    ...fetched(async () => (await import('./pages/targets/target.tsx')).TargetPage),
  },
  {
    path: '/policies',
    ...fetched(async () => (await import('./pages/policies/policies.tsx')).PoliciesPage),
    nav: { name: 'policies', href: '/policies', key: 'p' },
  },
  {
    path: '/record',
    ...fetched(async () => (await import('./pages/record/record.tsx')).RecordPage),
    nav: { name: 'record', href: '/record', key: 'r' },
  },
  {
    path: '/lab',
    ...fetched(async () => (await import('./pages/lab/lab.tsx')).LabPage),
    nav: { name: 'lab', href: '/lab', key: 'l' },
  },
]
