import { expect } from 'vitest'
import { WEB_1 } from '../gate-world.ts'
import { ruledBy, scenario } from './stage.ts'

scenario(
  'an approval after the world changed: the yes was to something else, and nothing is done',
  ['approval: the preview is not compared'],
  async (stage) => {
    const { clock, instances } = stage
    const { operator } = await stage.own(ruledBy(stage, { autonomy: 'approve' }))
    instances.set(WEB_1, { ready: false })
    await clock.advance(5000)
    const [proposed] = await stage.told('proposed')
    const proposal = proposed?.proposal.id ?? ''
    // Somebody else restarts it, which does not help either.
    instances.replace(WEB_1)
    instances.set(WEB_1, { ready: false })
    const answer = operator.approve({ proposal, by: 'ada', reason: 'go on' }).then(
      () => 'approved',
      () => 'refused',
    )
    await clock.advance(2000)
    expect(await answer).toBe('refused')
    expect(instances.effects).toEqual([])
    expect(await stage.told('proposal-ended')).toMatchObject([{ proposal, as: 'superseded' }])
    expect(await stage.told('run-started')).toEqual([])
  },
)
