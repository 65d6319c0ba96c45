import type { EnginePorts } from '../../src/engine/ports.ts'

/** A process that somebody stops (SIGSTOP) and continues: nothing that it waits for reaches it meanwhile. */
export type Freezer = {
  freeze(): void
  thaw(): void
  /** The ports as the process has them. */
  around(ports: EnginePorts): EnginePorts
}

export function makeFreezer(): Freezer {
  let thawed: Promise<void> | undefined
  let release = (): void => {}
  /** What came while it stood still comes when it goes on, in the order in which it came. */
  const held = <T>(asked: Promise<T>): Promise<T> =>
    asked.then(
      async (value) => {
        await thawed
        return value
      },
      async (thrown: unknown) => {
        await thawed
        throw thrown
      },
    )
  return {
    freeze: () => {
      const { promise, resolve } = Promise.withResolvers<void>()
      thawed = promise
      release = resolve
    },
    thaw: () => {
      thawed = undefined
      release()
    },
    around: (ports) => {
      const { instances } = ports.tools('lab:shop/service/web')
      if (!instances) throw new Error('the world has no instances')
      return {
        ...ports,
        clock: { ...ports.clock, sleep: (ms, abort) => held(ports.clock.sleep(ms, abort)) },
        record: { ...ports.record, commit: (commit) => held(ports.record.commit(commit)) },
        tools: () => ({
          instances: {
            read: (target, abort) => held(instances.read(target, abort)),
            restart: (target, change, abort) => held(instances.restart(target, change, abort)),
          },
        }),
      }
    },
  }
}
