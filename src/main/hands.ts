import type { Config } from '../config/config.ts'
import type { Hand } from '../domain/hand.ts'
import type { ResourceRef } from '../domain/resource.ts'
import { watchHands, type HandsPorts, type Hands } from '../engine/tasks/hands.ts'
import type { SilencesTools } from '../signals/silences.ts'
import type { Source } from '../signals/sources.ts'
import { silencesFrom } from './sources.ts'

/** Who else is at the targets: as the connectors tell, and as the Alertmanager's silences say. */
export type SeenHands = Hands & {
  readonly sources: readonly Source[]
  near(near?: ReadonlySet<ResourceRef>): readonly Hand[]
}

/** Looks once before it resolves, so that the first decision knows what was changed before. */
export async function lookForHands(
  { alertmanager }: Pick<Config, 'alertmanager'>,
  x: HandsPorts & SilencesTools & { readonly abort: AbortSignal },
): Promise<SeenHands> {
  const silences = alertmanager && silencesFrom(alertmanager, x)
  const hands = watchHands(x)
  await hands.look(x.abort)
  return {
    ...hands,
    sources: silences ? [silences.source] : [],
    near: (near) => [...hands.hands(), ...(silences?.hands(near) ?? [])],
  }
}
