import { ailmentOf, type FaultMaker } from './fault.ts'

const VICTIM = { instance: 'db-2', service: 'db' }

/** The second database answers each query 400 ms later, until it is started anew or gets no queries any more. */
export const slowDependency: FaultMaker = () => {
  const slow = ailmentOf(
    { name: 'slow-dependency', breaks: 'The second database answers each query 400 ms later.' },
    VICTIM,
    {
      cause: 'slow-dependency',
      heals: ['restart-instance', 'restart-service', 'drain-instance', 'shift-traffic'],
      harms: [],
    },
  )
  return {
    ...slow,
    present: async (shop) => (await shop.isInRotation('db', VICTIM.instance)) && (await slow.present(shop)),
  }
}
