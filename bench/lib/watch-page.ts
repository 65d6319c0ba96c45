import type { Page } from 'playwright-core'

/** What a page's own clocks saw of a stretch of time; all in milliseconds. */
export type Watched = {
  /** From one frame to the next. */
  readonly frames: readonly number[]
  /** Tasks of the main thread beyond 50 ms. */
  readonly longTasks: readonly number[]
  /** From a click to the frame that shows what came of it, by Event Timing (in steps of 8). */
  readonly clicks: readonly number[]
}

/** A text, since it runs in the page: it answers what it sees, which grows. */
const WATCH = `(() => {
  const seen = { frames: [], longTasks: [], clicks: [], on: true }
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) seen.longTasks.push(duration)
  }).observe({ type: 'longtask' })
  new PerformanceObserver((list) => {
    for (const { name, duration } of list.getEntries()) if (name === 'click') seen.clicks.push(duration)
  }).observe({ type: 'event', durationThreshold: 16 })
  let before = performance.now()
  const frame = (now) => {
    seen.frames.push(now - before)
    before = now
    if (seen.on) requestAnimationFrame(frame)
  }
  requestAnimationFrame(frame)
  return seen
})()`

/** Watches a page while something goes on in it. */
export async function watchPage(page: Page, whatGoesOn: () => Promise<void>): Promise<Watched> {
  const watching = await page.evaluateHandle<Watched & { on: boolean }>(WATCH)
  await whatGoesOn()
  return watching.evaluate((seen) => {
    seen.on = false
    return seen
  })
}

/** What lives in the page's heap once its garbage is gone, in MiB. */
export async function heapMib(page: Page): Promise<number> {
  const devtools = await page.context().newCDPSession(page)
  await devtools.send('HeapProfiler.collectGarbage')
  const { usedSize } = await devtools.send('Runtime.getHeapUsage')
  await devtools.detach()
  return usedSize / 1024 / 1024
}
