import UPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import type { Chart } from '../../../src/domain/chart.ts'
import type { Moment } from '../../../src/domain/view.ts'
import { type Plot, valueText } from './plot.ts'

export type Plotted = Plot & {
  readonly limit: number | undefined
  readonly violated: Chart['violated'] | undefined
  readonly words: {
    readonly limit: string
    readonly unseen: string
    readonly moments: Readonly<Record<Moment['what'], string>>
  }
  readonly time: (at: number, now: number) => string
}

type Point = { readonly at: number; readonly value: number | null }

/** The page's own colours and letters, so that a chart is no second visual language. */
type Look = Readonly<Record<'ink' | 'soft' | 'line' | 'gold' | 'red' | 'blue' | 'ground', string>> & {
  readonly font: string
}

const ROW_PX = 16
const TOP_PX = 2 * ROW_PX + 8

/**
 * Draws the plot into the element, as wide as that is, and calls `onPoint` with what the pointer is at. Answers how to
 * take it away again.
 */
export function drawn(element: HTMLElement, plot: Plotted, onPoint: (point: Point | undefined) => void): () => void {
  const chart = new UPlot(options(element, plot, onPoint), [[...plot.xs], [...plot.ys]], element)
  const fit = new ResizeObserver(() => {
    if (element.clientWidth > 0) chart.setSize({ width: element.clientWidth, height: element.clientHeight })
  })
  fit.observe(element)
  return () => {
    fit.disconnect()
    chart.destroy()
  }
}

function options(element: HTMLElement, plot: Plotted, onPoint: (point: Point | undefined) => void): UPlot.Options {
  const look = lookOf(element)
  const axis = { stroke: look.soft, font: look.font, ticks: { show: false }, grid: { stroke: look.line, width: 1 } }
  return {
    width: Math.max(1, element.clientWidth),
    height: Math.max(1, element.clientHeight),
    ms: 1,
    padding: [TOP_PX, 32, 0, 0],
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { size: 6, stroke: look.ink, fill: look.ground } },
    scales: { x: { time: true }, y: { range: [...plot.range] as [number, number] } },
    axes: [
      {
        ...axis,
        grid: { show: false },
        values: (_u, ticks) => ticks.map((at) => clockText(at, ticks)),
        space: 80,
        size: 28,
      },
      { ...axis, values: (_u, ticks) => ticks.map(valueText), size: 56, space: 40 },
    ],
    series: [{}, { stroke: (u) => inkByHarm(u, plot, look), width: 1.5, points: { show: false }, spanGaps: false }],
    hooks: {
      draw: [(u) => drawBlind(u, plot, look), (u) => drawLimit(u, plot, look), (u) => drawMarks(u, plot, look)],
      setCursor: [
        ({ cursor: { idx } }) => {
          const at = idx === null || idx === undefined ? undefined : plot.xs[idx]
          onPoint(
            at === undefined || idx === null || idx === undefined ? undefined : { at, value: plot.ys[idx] ?? null },
          )
        },
      ],
    },
  }
}

/** Hours and minutes, with seconds where the ticks are closer than a minute; the zone stands in the caption. */
function clockText(at: number, ticks: readonly number[]): string {
  const isClose = (ticks[1] ?? 0) - (ticks[0] ?? 0) < 60_000
  return new Date(at).toTimeString().slice(0, isClose ? 8 : 5)
}

function lookOf(element: HTMLElement): Look {
  const style = getComputedStyle(element)
  const of = (name: string): string => style.getPropertyValue(name).trim()
  return {
    ink: of('--ink'),
    soft: of('--ink-soft'),
    line: of('--line'),
    gold: of('--gold'),
    red: of('--red'),
    blue: of('--blue'),
    ground: of('--raised'),
    font: `12px ${style.fontFamily}`,
  }
}

/** Ink on the well side of the limit, red on the other: the line itself says what was harm. */
function inkByHarm(u: UPlot, { limit, violated }: Plotted, look: Look): CanvasGradient | string {
  if (limit === undefined || violated === '==' || violated === '!=') return look.ink
  const { top, height } = u.bbox
  const share = (u.valToPos(limit, 'y', true) - top) / height
  if (!Number.isFinite(share)) return look.ink
  const edge = Math.min(1, Math.max(0, share))
  const gradient = u.ctx.createLinearGradient(0, top, 0, top + height)
  const [above, below] = violated?.startsWith('<') ? [look.ink, look.red] : [look.red, look.ink]
  gradient.addColorStop(0, above)
  gradient.addColorStop(edge, above)
  gradient.addColorStop(edge, below)
  gradient.addColorStop(1, below)
  return gradient
}

/** Hatches the times in which nobody could see. */
function drawBlind(u: UPlot, { blind, words }: Plotted, look: Look): void {
  const { ctx, bbox } = u
  for (const { from, to } of blind) {
    const left = u.valToPos(from, 'x', true)
    const width = u.valToPos(to, 'x', true) - left
    ctx.save()
    ctx.beginPath()
    ctx.rect(left, bbox.top, width, bbox.height)
    ctx.clip()
    ctx.strokeStyle = look.blue
    ctx.globalAlpha = 0.4
    ctx.lineWidth = devicePixelRatio
    ctx.beginPath()
    const step = 8 * devicePixelRatio
    for (let x = left - bbox.height; x < left + width; x += step) {
      ctx.moveTo(x, bbox.top + bbox.height)
      ctx.lineTo(x + bbox.height, bbox.top)
    }
    ctx.stroke()
    ctx.restore()
    ctx.font = scaled(look)
    const room = width - ctx.measureText(words.unseen).width
    if (room > 0) boxed(u, words.unseen, left + room / 2, bbox.top + bbox.height / 2, look.blue, look)
  }
}

function drawLimit(u: UPlot, { limit, words }: Plotted, look: Look): void {
  if (limit === undefined) return
  const { ctx, bbox } = u
  const y = u.valToPos(limit, 'y', true)
  ctx.save()
  ctx.strokeStyle = look.red
  ctx.lineWidth = devicePixelRatio
  ctx.setLineDash([4 * devicePixelRatio, 4 * devicePixelRatio])
  ctx.beginPath()
  ctx.moveTo(bbox.left, y)
  ctx.lineTo(bbox.left + bbox.width, y)
  ctx.stroke()
  ctx.restore()
  label(
    u,
    `${words.limit} ${valueText(limit)}`,
    bbox.left + 4 * devicePixelRatio,
    y - 4 * devicePixelRatio,
    look.red,
    look,
  )
}

type Mark = {
  readonly x: number
  readonly left: number
  readonly top: number
  readonly text: string
  readonly deed: boolean
}

/** A line for each moment, its words above the plot, in a second row where they would cover others. */
function drawMarks(u: UPlot, plot: Plotted, look: Look): void {
  const { ctx, bbox } = u
  const marks = placed(u, plot, look)
  for (const { x, top, deed } of marks) {
    ctx.save()
    ctx.strokeStyle = deed ? look.gold : look.soft
    ctx.lineWidth = (deed ? 2 : 1) * devicePixelRatio
    ctx.beginPath()
    ctx.moveTo(x, top)
    ctx.lineTo(x, bbox.top + bbox.height)
    ctx.stroke()
    ctx.restore()
  }
  // Over every line, so that none runs through a word.
  for (const { left, top, text, deed } of marks) boxed(u, text, left, top, deed ? look.gold : look.soft, look)
}

function placed(u: UPlot, { marks, words }: Plotted, look: Look): Mark[] {
  const { ctx, bbox } = u
  const ends = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY]
  ctx.save()
  ctx.font = scaled(look)
  const all = marks.map(({ at, moments }): Mark => {
    const x = u.valToPos(at, 'x', true)
    const text = [...new Set(moments.map((moment) => momentText(moment, words.moments)))].join(', ')
    const width = ctx.measureText(text).width
    const left = Math.min(x + 4 * devicePixelRatio, bbox.left + bbox.width + 32 * devicePixelRatio - width)
    const free = ends.findIndex((end) => end < left)
    const row = free < 0 ? ends.length - 1 : free
    ends[row] = left + width + 8 * devicePixelRatio
    const deed = moments.some(({ what }) => what === 'applied' || what === 'undone')
    return { x, left, top: bbox.top - (row + 0.5) * ROW_PX * devicePixelRatio, text, deed }
  })
  ctx.restore()
  return all
}

function momentText({ what, step }: Moment, words: Plotted['words']['moments']): string {
  const [verb] = step?.split(' ') ?? []
  return verb === undefined ? words[what] : `${verb.slice(0, 40)} ${words[what]}`
}

/** Words around this height, on the ground of the page. */
function boxed(u: UPlot, text: string, x: number, y: number, colour: string, look: Look): void {
  const half = (ROW_PX / 2) * devicePixelRatio
  u.ctx.save()
  u.ctx.fillStyle = look.ground
  u.ctx.font = scaled(look)
  u.ctx.fillRect(x, y - half, u.ctx.measureText(text).width, 2 * half)
  u.ctx.restore()
  label(u, text, x, y + 4 * devicePixelRatio, colour, look)
}

function label(u: UPlot, text: string, x: number, y: number, colour: string, look: Look): void {
  u.ctx.save()
  u.ctx.fillStyle = colour
  u.ctx.font = scaled(look)
  u.ctx.textAlign = 'left'
  u.ctx.textBaseline = 'alphabetic'
  u.ctx.fillText(text, x, y)
  u.ctx.restore()
}

const scaled = ({ font }: Look): string => font.replace('12px', `${12 * devicePixelRatio}px`)
