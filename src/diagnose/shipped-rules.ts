import type { Rule } from './engines/rules.ts'

const SLOW = '(latency_ms > 100 or read_latency_ms > 100 or write_latency_ms > 100)'

/** The rules that come with Kintsugi. Usage, utilization and hit rate are percent from 0 to 100. */
export const SHIPPED_RULES: readonly Rule[] = [
  {
    cause: 'disk-full',
    when: 'disk_usage > 90',
    confidence: 0.95,
    summary: 'has no disk left',
    recommendation: 'clean up by declared rules, or add space',
    affects: 'shared-fate',
  },
  {
    cause: 'bad-configuration',
    when: 'error_rate > 5 and config_age_seconds < 600',
    confidence: 0.8,
    summary: 'fails since its configuration was changed',
    recommendation: 'restore the configuration that it had before',
    affects: 'dependents',
  },
  {
    cause: 'pool-exhausted',
    when: 'db_connection_errors > 10',
    confidence: 0.85,
    summary: 'gets no connection to its database',
    recommendation: 'reset the connection pool',
    affects: 'dependents',
  },
  {
    cause: 'cold-cache',
    when: 'cache_hit_rate < 50',
    confidence: 0.8,
    summary: 'answers without its cache',
    recommendation: 'warm the cache',
    affects: 'dependents',
    isNews: true,
  },
  {
    cause: 'cpu-pressure',
    when: `${SLOW} and cpu_utilization > 80`,
    confidence: 0.8,
    summary: 'is slow for want of CPU',
    recommendation: 'add capacity, or limit concurrency',
    affects: 'dependents',
  },
  {
    cause: 'memory-pressure',
    when: `${SLOW} and memory_usage > 85`,
    confidence: 0.75,
    summary: 'is slow for want of memory',
    recommendation: 'restart what leaks, or add memory',
    affects: 'dependents',
  },
  {
    // Only where CPU and memory are seen to be well: what is not seen excludes nothing.
    cause: 'slow-storage',
    when: `${SLOW} and not cpu_utilization > 80 and not memory_usage > 85`,
    confidence: 0.7,
    summary: 'is slow, and short of neither CPU nor memory',
    recommendation: 'look at its storage: queue depth, errors, a rebuild under way',
    affects: 'dependents',
  },
]
