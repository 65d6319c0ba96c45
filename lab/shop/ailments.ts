/**
 * What can be made to ail in any instance, by the lab alone, through `/lab/NAME`. It all ends with the process, as a
 * fault in a program does.
 */
export type Ailments = {
  /** Names of those that are on. */
  active(): string[]
  /** False where there is none of that name. */
  begin(name: string): boolean
}

/** Between two of them only a few requests get on, which is too few; a health check still does. */
const BURN_MS = 76
const BURN_EVERY_MS = 80
const LEAK_BYTES = 8 * 1024 * 1024
const LEAK_EVERY_MS = 250
/** A leak stops short of the limit: what is killed for want of memory would be another fault. */
const LEAK_UP_TO = 0.95

/** `own` are those that only this kind of instance has. */
export function ailments(memoryLimitBytes: number, own: Readonly<Record<string, () => void>> = {}): Ailments {
  const all: Readonly<Record<string, () => void>> = {
    ...own,
    'cpu-burn': burn,
    'memory-leak': () => leak(memoryLimitBytes),
  }
  const active = new Set<string>()
  return {
    active: () => [...active],
    begin: (name) => {
      const start = all[name]
      if (!start) return false
      if (!active.has(name)) start()
      active.add(name)
      return true
    },
  }
}

/** Computes nothing, with nearly all of one core, on the thread that answers users. */
function burn(): void {
  setInterval(() => {
    for (const until = performance.now() + BURN_MS; performance.now() < until;);
  }, BURN_EVERY_MS)
}

function leak(limitBytes: number): void {
  const kept: Buffer[] = []
  setInterval(() => {
    // Filled with something: a page that was never written takes no memory.
    if (process.memoryUsage.rss() < LEAK_UP_TO * limitBytes) kept.push(Buffer.alloc(LEAK_BYTES, kept.length + 1))
  }, LEAK_EVERY_MS)
}
