/** An answer counts for this long. */
const KEEP_MS = 1000
/** Whoever asks does not wait longer; the answer that comes later is for the next. */
const WAIT_MS = 250

/** A look that costs, for many who ask often: undefined where it failed or takes too long. */
export function recent<T>(look: () => Promise<T>): () => Promise<T | undefined> {
  let last: { readonly answer: Promise<T | undefined>; untilMs: number } | undefined
  return () => {
    if (!last || performance.now() > last.untilMs) {
      const asked = { answer: look().catch(() => undefined), untilMs: Infinity }
      void asked.answer.then(() => (asked.untilMs = performance.now() + KEEP_MS))
      last = asked
    }
    const late = new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), WAIT_MS).unref())
    return Promise.race([last.answer, late])
  }
}
