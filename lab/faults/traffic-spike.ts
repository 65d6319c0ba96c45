import { rateIn, setRate, USERS_PER_SECOND } from '../load/rate.ts'
import { serviceRef } from '../shop/layout.ts'
import { truthOf, type FaultMaker } from './fault.ts'

const TIMES = 3
/** What one api instance carries at the most: eight workers, 20 ms for each request. */
const CARRIES_PER_SECOND = 380

/** Three times as many users come, and stay: too many for two api instances, not for four. */
export const trafficSpike: FaultMaker = () => ({
  name: 'traffic-spike',
  breaks: 'Three times as many users come, and stay: too many for two api instances.',
  expected: 'healed',
  truth: {
    ...truthOf('api-1', 'api', {
      cause: 'overload',
      heals: ['scale-up'],
      harms: ['restart-instance', 'restart-service'],
    }),
    target: serviceRef('api'),
  },
  comesSlowly: true,
  limitMs: 60_000,
  inject: async (shop) => setRate(shop.dir, TIMES * USERS_PER_SECOND),
  present: async (shop) => {
    const apis = shop.instances.filter(({ service }) => service === 'api')
    const isCarrying = await Promise.all(
      apis.map(async ({ name }) => (await shop.isInRotation('api', name)) && (await shop.instance(name).serves(1500))),
    )
    return rateIn(shop.dir) > CARRIES_PER_SECOND * isCarrying.filter(Boolean).length
  },
  strikes: () => [],
  undo: async (shop) => setRate(shop.dir),
})
