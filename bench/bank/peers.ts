import { execFile } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { promisify } from 'node:util'
import { startPrometheus, type Server } from '../lib/server.ts'

const run = promisify(execFile)

type Rates = { readonly single: number; readonly batch: number }

/** Rates a second, by processor time; `forests` by how many features a row has, absent without scikit-learn. */
export type PythonRates = { readonly zScores: number; readonly forests?: Readonly<Record<string, Rates>> }

/** Debian's Python before others: scikit-learn is installed there or nowhere. Undefined where there is none. */
export async function pythonRates(windowSamples: number): Promise<PythonRates | undefined> {
  const isSource = import.meta.filename.endsWith('.ts')
  const script = join(import.meta.dirname, isSource ? '.' : '../../../bench/bank', 'peers.py')
  const oneThread = { OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' }
  for (const python of ['/usr/bin/python3', 'python3']) {
    const answer = await run(python, [script, String(windowSamples)], { env: { ...process.env, ...oneThread } }).catch(
      (error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOENT') throw error
      },
    )
    if (answer) return JSON.parse(answer.stdout) as PythonRates
  }
  return undefined
}

const STEP_S = 15
const EVALUATIONS = 5
const RULE = 'bench:zscore'

/**
 * Z-scores a second of processor time that a Prometheus makes of so many series by a recording rule over a window of so
 * many samples; undefined where it is not installed. Its samples are written as blocks before it starts.
 */
export async function prometheusZScores(series: number, windowSamples: number): Promise<number | undefined> {
  const range = `bench_value[${windowSamples * STEP_S}s]`
  const expr = `abs(bench_value - avg_over_time(${range})) / stddev_over_time(${range})`
  const rules = `groups: [{ name: bench, interval: 1s, rules: [{ record: '${RULE}', expr: '${expr}' }] }]\n`
  const server = await startPrometheus(rules, (folder) => writeBlocks(folder, series, windowSamples))
  if (!server) return undefined
  try {
    const [cpu, evaluations] = await untilEvaluated(server, 1)
    const [cpuThen, evaluationsThen] = await untilEvaluated(server, evaluations + EVALUATIONS)
    const made = await countOf(server)
    if (made !== series) throw new Error(`Prometheus made ${made} z-scores of ${series} series`)
    return ((evaluationsThen - evaluations) * series) / (cpuThen - cpu)
  } finally {
    await server.close()
  }
}

async function writeBlocks(folder: string, series: number, samples: number): Promise<void> {
  mkdirSync(folder, { recursive: true })
  const end = Math.floor(Date.now() / 1000)
  const lines = ['# TYPE bench_value gauge']
  for (let i = 0; i < series; i++) {
    for (let k = samples; k >= 0; k--) {
      lines.push(
        `bench_value{instance="10.0.0.1:9100",path="/items/${i}"} ${100 + ((i * 31 + k * 17) % 97) / 50} ${end - k * STEP_S}`,
      )
    }
  }
  const file = join(folder, 'samples.om')
  writeFileSync(file, `${lines.join('\n')}\n# EOF\n`)
  await run('promtool', ['tsdb', 'create-blocks-from', 'openmetrics', file, folder], { maxBuffer: 2 ** 26 })
}

/** Seconds of processor time and evaluations so far, once there are so many; throws after two minutes. */
async function untilEvaluated({ port }: Server, evaluations: number): Promise<readonly [number, number]> {
  for (const until = Date.now() + 120_000; Date.now() < until; await setTimeout(100)) {
    const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()
    const read = (metric: RegExp): number => Number(metric.exec(text)?.[1] ?? 0)
    const done = read(/^prometheus_rule_group_iterations_total\{[^}]*\} (\S+)/m)
    if (done >= evaluations) return [read(/^process_cpu_seconds_total (\S+)/m), done]
  }
  throw new Error(`Prometheus did not evaluate its rule ${evaluations} times in two minutes`)
}

async function countOf({ port }: Server): Promise<number> {
  const answer = await fetch(`http://127.0.0.1:${port}/api/v1/query?query=${encodeURIComponent(`count(${RULE})`)}`)
  const { data } = (await answer.json()) as { data: { result: { value: [number, string] }[] } }
  return Number(data.result[0]?.value[1] ?? 0)
}
