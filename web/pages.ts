import { lazy, type LazyExoticComponent, type ComponentType } from 'react'

export type PageName = 'overview' | 'incidents' | 'targets' | 'policies' | 'record' | 'lab'
type PageRoute = {
  /** As wouter reads it; `/targets/*?` for what a page does with the rest. */
  readonly path: string
  readonly page: LazyExoticComponent<ComponentType>
  /** The entry of the navigation, and the second of its keys after `g`. */
  readonly nav?: { readonly name: PageName; readonly href: string; readonly key: string }
}

/** Every page, in the order of the navigation. */
export const PAGES: readonly PageRoute[] = [
  {
    path: '/',
    page: lazy(async () => ({ default: (await import('./pages/overview/overview.tsx')).OverviewPage })),
    nav: { name: 'overview', href: '/', key: 'o' },
  },
  {
    path: '/incidents',
    page: lazy(async () => ({ default: (await import('./pages/incident/list.tsx')).IncidentsPage })),
    nav: { name: 'incidents', href: '/incidents', key: 'i' },
  },
  {
    path: '/incidents/:id',
    page: lazy(async () => ({ default: (await import('./pages/incident/incident.tsx')).IncidentPage })),
  },
  {
    path: '/proposals/:id',
    page: lazy(async () => ({ default: (await import('./pages/proposal/proposal.tsx')).ProposalPage })),
  },
  {
    path: '/targets',
    page: lazy(async () => ({ default: (await import('./pages/targets/targets.tsx')).TargetsPage })),
    nav: { name: 'targets', href: '/targets', key: 't' },
  },
  {
    path: '/targets/:ref',
    page: lazy(async () => ({ default: (await import('./pages/targets/target.tsx')).TargetPage })),
  },
  {
    path: '/policies',
    page: lazy(async () => ({ default: (await import('./pages/policies/policies.tsx')).PoliciesPage })),
    nav: { name: 'policies', href: '/policies', key: 'p' },
  },
  {
    path: '/record',
    page: lazy(async () => ({ default: (await import('./pages/record/record.tsx')).RecordPage })),
    nav: { name: 'record', href: '/record', key: 'r' },
  },
  {
    path: '/lab',
    page: lazy(async () => ({ default: (await import('./pages/lab/lab.tsx')).LabPage })),
    nav: { name: 'lab', href: '/lab', key: 'l' },
  },
]
