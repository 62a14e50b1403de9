// The panel's figures as shapes: for PNG and SVG files, and the sweep also on screen.

import type { SamplingParams, SamplingView } from '../../store/index.ts'
import type { Scheme } from '../../ui/colors.ts'
import type { DrawList, Shape } from '../../ui/export.ts'
import { themeColor } from '../../ui/theme-color.ts'
import { tokenLabel } from '../../ui/tokens.ts'
import type { Pipeline, Step } from './pipeline.ts'
import { type Run } from './run.ts'
import { columns, cuts, measured, settingOf, valueOf } from './stages.ts'

const inks = (scheme: Scheme) => ({
  bg: themeColor('--surface', scheme),
  ink: themeColor('--ink', scheme),
  soft: themeColor('--ink-soft', scheme),
  faint: themeColor('--ink-faint', scheme),
  line: themeColor('--line', scheme),
  bar: themeColor('--role-attention', scheme),
  bad: themeColor('--bad', scheme),
})

/** The table as a drawing. */
export function drawPipeline(
  { t, percent }: Run,
  view: SamplingView,
  read: Pipeline,
  params: SamplingParams,
  rows: readonly Step[],
  tail: { count: number; mass: number; final: number },
  scheme: Scheme,
): DrawList {
  const c = inks(scheme)
  const line = 24,
    top = 54
  // as wide as the longest header, bold; the last column is the bar of the chance
  const xs = columns.map((_, i) => 204 + i * 96)
  const barFrom = xs.at(-2)! + 40,
    width = barFrom + 156
  const shapes: Shape[] = []
  const text = (
    x: number,
    y: number,
    words: string,
    fill = c.ink,
    more: Partial<Extract<Shape, { kind: 'text' }>> = {},
  ): void => void shapes.push({ kind: 'text', x, y, text: words, size: 12, fill, mono: true, ...more })
  columns.forEach((column, i) => {
    const end = column === 'softmax' ? width - 16 : xs[i]!
    text(end, 24, t.stage[column], c.ink, { anchor: 'end', mono: false, weight: 600 })
    text(end, 40, column === 'softmax' ? t.table.kept(read.kept) : (settingOf(column, params) ?? t.table.off), c.soft, {
      anchor: 'end',
      size: 11,
    })
  })
  shapes.push({ kind: 'path', d: `M16 ${top - 6}H${width - 16}`, stroke: c.line, width: 1 })
  const max = Math.max(...rows.map((row) => row.probability), tail.final, 1e-9)
  const bar = (y: number, fraction: number): void =>
    void shapes.push({
      kind: 'rect',
      x: barFrom,
      y: y - 14,
      w: Math.max(fraction > 0 ? 1 : 0, ((width - 16 - barFrom) * fraction) / max),
      h: 18,
      fill: c.bar,
      opacity: 0.35,
      radius: 2,
    })
  rows.forEach((row, i) => {
    const y = top + 16 + i * line
    const gone =
      row.removedBy === null ? 99 : row.removedBy === 'form' ? 0 : (columns as readonly string[]).indexOf(row.removedBy)
    if (row.removedBy === 'form') text(xs[1]!, y, '✕', c.bad, { anchor: 'end' })
    const fill = row.removedBy === null ? c.ink : c.faint
    text(20, y, `${tokenLabel(row.text)}${row.id === view.chosen ? '  ◀' : ''}`, fill, {
      weight: row.id === view.chosen ? 700 : 400,
    })
    const cells = [
      valueOf(row.logit),
      row.change === 0 ? '' : row.change < -1000 ? '⊘' : valueOf(row.penalized),
      valueOf(row.scaled),
      ...cuts.map((cut) => measured(cut, row) ?? '✓'),
    ]
    cells.forEach((words, at) => {
      if (at > gone) return
      const column = columns[at]!
      const shown = column === 'temperature' || settingOf(column, params) !== null ? words : ''
      const isOut = at === gone && at > 0
      text(xs[at]!, y, isOut ? '✕' : at === 0 ? words : shown, isOut ? c.bad : fill, { anchor: 'end' })
    })
    bar(y, row.probability)
    text(width - 16, y, row.probability > 0 ? percent(row.probability) : '–', fill, { anchor: 'end' })
  })
  const y = top + 22 + rows.length * line
  text(20, y, `${t.table.tail(tail.count)} · ${t.table.tailMass(percent(tail.mass), percent(tail.final))}`, c.soft, {
    mono: false,
  })
  return { width, height: y + 18, background: c.bg, shapes }
}

export interface SweepLine {
  label: string
  points: readonly { t: number; p: number }[]
}
const dashes = ['', '7 3', '2 3', '9 3 2 3', '1 4']
const colours = ['--role-attention', '--role-q', '--role-k', '--role-v', '--warn']

/** Chance against temperature; labels stand at their lines' highest places, in the line's colour. */
export function drawSweep(
  { t, percent }: Run,
  lines: readonly SweepLine[],
  now: number,
  width: number,
  scheme: Scheme,
): DrawList {
  const c = inks(scheme)
  const height = Math.round(Math.min(320, Math.max(200, width * 0.48)))
  const left = 46,
    right = width < 420 ? 78 : 110,
    bottom = height - 34,
    top = 12
  // low temperatures are where things happen: the axis is a root
  const x = (temperature: number): number => left + (width - left - right) * Math.sqrt(temperature / 5)
  const y = (p: number): number => bottom - (bottom - top) * p
  const shapes: Shape[] = []
  for (let i = 0; i <= 4; i++) {
    shapes.push({ kind: 'path', d: `M${left} ${y(i / 4)}H${width - right}`, stroke: c.line, width: 1 })
    shapes.push({
      kind: 'text',
      x: left - 6,
      y: y(i / 4) + 4,
      text: percent(i / 4),
      size: 11,
      fill: c.soft,
      anchor: 'end',
      mono: true,
    })
  }
  // on a phone some of the marks are left out
  const marks: number[] = []
  for (const temperature of [0, 0.2, 0.5, 1, 2, 3, 5]) {
    if (marks.length === 0 || x(temperature) - x(marks.at(-1)!) >= 26) marks.push(temperature)
  }
  for (const temperature of marks) {
    shapes.push({
      kind: 'text',
      x: x(temperature),
      y: bottom + 15,
      text: String(temperature),
      size: 11,
      fill: c.soft,
      anchor: 'middle',
      mono: true,
    })
  }
  shapes.push({
    kind: 'text',
    x: (left + width - right) / 2,
    y: height - 4,
    text: t.sweep.x,
    size: 11,
    fill: c.soft,
    anchor: 'middle',
  })
  shapes.push({ kind: 'path', d: `M${x(now)} ${top - 4}V${bottom}`, stroke: c.ink, width: 1.5, dash: '2 2' })
  const placed: number[] = []
  const ends = lines.map((line, i) => ({ line, i, at: y(line.points.at(-1)?.p ?? 0) })).sort((a, b) => a.at - b.at)
  for (const end of ends) {
    const from = placed.at(-1) ?? -Infinity
    placed.push((end.at = Math.max(end.at, from + 15)))
  }
  const over = Math.max(0, (placed.at(-1) ?? 0) - bottom)
  for (const { line, i, at } of ends) {
    const stroke = themeColor(colours[i % colours.length]!, scheme)
    shapes.push({
      kind: 'path',
      d: line.points
        .map(({ t: temperature, p }, n) => `${n ? 'L' : 'M'}${x(temperature).toFixed(1)} ${y(p).toFixed(1)}`)
        .join(''),
      stroke,
      width: 2,
      fill: 'none',
      ...(dashes[i] ? { dash: dashes[i] } : {}),
    })
    shapes.push({
      kind: 'path',
      d: `M${width - right + 6} ${at - over}h12`,
      stroke,
      width: 2,
      ...(dashes[i] ? { dash: dashes[i] } : {}),
    })
    shapes.push({
      kind: 'text',
      x: width - right + 22,
      y: at - over + 4,
      text: line.label.length > 9 ? `${line.label.slice(0, 8)}…` : line.label,
      size: 12,
      fill: c.ink,
      mono: true,
    })
  }
  return { width, height, background: c.bg, shapes }
}
