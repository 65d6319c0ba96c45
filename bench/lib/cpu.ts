/** Seconds of processor time that the calling thread needs for `work`; time in which others ran does not count. */
export function cpuSeconds(work: () => void): number {
  const before = process.threadCpuUsage()
  work()
  const { user, system } = process.threadCpuUsage(before)
  return (user + system) / 1e6
}
