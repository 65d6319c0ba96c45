import { refOf, type ResourceRef } from '../../domain/resource.ts'
import type { Known } from './folder.ts'

type Named = Pick<Known, 'namespace' | 'service' | 'instance'>

export const instanceRef = (connector: string, { namespace, instance }: Omit<Named, 'service'>): ResourceRef =>
  refOf({ connector, namespace, kind: 'instance', name: instance })

export const serviceRef = (connector: string, { namespace, service }: Omit<Named, 'instance'>): ResourceRef =>
  refOf({ connector, namespace, kind: 'service', name: service })

/** In the order of their names, `web-9` before `web-10`. */
export const byName = (a: Known, b: Known): number => a.instance.localeCompare(b.instance, 'en', { numeric: true })

/** Whether anything is expected of it: one that stands by and was not asked for is not there for anybody. */
export const isExpected = ({ standby, wanted }: Pick<Known, 'standby' | 'wanted'>): boolean => wanted || !standby
