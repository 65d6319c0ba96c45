import { afterEach } from 'vitest'

/** Makes worlds, and closes each after its test. Called where tests are registered. */
export function worldsOf<World extends { close: () => Promise<unknown> }>(
  make: () => Promise<World>,
): () => Promise<World> {
  const open: World[] = []
  afterEach(async () => {
    await Promise.all(open.splice(0).map((world) => world.close()))
  })
  return async () => {
    const world = await make()
    open.push(world)
    return world
  }
}

/** Looks until the condition holds, or ten seconds have passed; answers what was seen last. */
export async function until<T>(look: () => Promise<T>, condition: (seen: T) => boolean): Promise<T> {
  for (const giveUpAt = Date.now() + 10_000; ; await new Promise((resolve) => setTimeout(resolve, 5))) {
    const seen = await look()
    if (condition(seen) || Date.now() > giveUpAt) return seen
  }
}
