// A tile of a weight as it lies on the GPU: code × scale, and where the scale itself comes from.

import { useState } from 'react'
import { useAsk } from '../../store/ask.ts'
import type { WeightTile } from '../../store/inspect.ts'
import { paint, signedScale } from '../../ui/colors.ts'
import { Drawing } from '../../ui/Drawing.tsx'
import type { DrawList, Shape } from '../../ui/export.ts'
import { Figure } from '../../ui/Figure.tsx'
import { themeColor } from '../../ui/theme-color.ts'
import { useScheme } from '../../ui/useScheme.ts'
import { Sums } from './Card.tsx'
import styles from './Cards.module.css'
import { num, useRun } from './run.ts'
import { bounds } from './strip-draw.ts'
import { ElementField } from './Strip.tsx'
import { useView } from './view.ts'

const tileRows = 8, tileCols = 64

export function WeightCard() {
  const { info, t, common, layer, plan, format } = useRun()
  const { part, weight: chosen, set } = useView()
  const [hover, setHover] = useState<{ row: number; col: number } | null>(null)
  const weights = useAsk('weights', (glass) => glass.weights())
  const names = new Set((plan?.steps ?? []).filter((s) => s.weight !== null && (part === 'embed' ? s.op === 'gather' : part === 'head' ? s.part === 'head' : s.layer === layer && s.name.includes(`.${part}.`))).flatMap((s) => s.weight!.split('+')))
  const order = [...names]
  const list = (weights.data ?? []).filter((w) => names.has(w.tensor)).sort((a, b) => order.indexOf(a.tensor) - order.indexOf(b.tensor))
  // the same matrix of another layer stays chosen
  const kind = chosen?.tensor.split('.').at(-2)
  const weight = list.find((w) => w.tensor === chosen?.tensor) ?? list.find((w) => w.tensor.split('.').at(-2) === kind) ?? list[0] ?? null
  const row = weight && chosen ? Math.min(chosen.row, weight.rows - 1) : 0, col = weight && chosen ? Math.min(chosen.col, weight.cols - 1) : 0
  const rowFrom = info.source === 'trace' ? 0 : Math.floor(row / tileRows) * tileRows, colFrom = info.source === 'trace' ? 0 : Math.floor(col / tileCols) * tileCols
  const answer = useAsk(weight && `tile ${weight.tensor} ${rowFrom} ${colFrom}`, (glass) => glass.weightTile(weight!.tensor, rowFrom, colFrom, tileRows, tileCols))
  const tile = answer.data
  const move = (change: Partial<Cell>) => set({ weight: { tensor: weight!.tensor, row, col, ...change } })
  const coded = tile?.table != null
  return (
    <Figure title={weight && !/nf4/i.test(weight.format) ? t.weight.titleOther(weight.format) : t.weight.title} words={common.figure} source={info.source} caption={t.weight.caption} testId="inside-weight"
      files={tile ? { name: `tile-${tile.tensor}-${tile.tile.row}-${tile.tile.col}`, numbers: () => tile, array: () => ({ shape: [tile.tile.rows, tile.tile.cols], data: tile.values }) } : undefined}>
      {weight && (
        <div className={styles.fields}>
          <label className={styles.field}>{t.weight.tensor}
            <select value={weight.tensor} onChange={(event) => set({ weight: { tensor: event.target.value, row: 0, col: 0 } })}>{list.map((w) => <option key={w.tensor} value={w.tensor}>{w.tensor.replace(/^model\.(layers\.)?|\.weight$/g, '')} · {w.format}</option>)}</select>
          </label>
          <ElementField count={info.source === 'trace' ? tile?.tile.rows ?? 1 : weight.rows} value={row} label={t.weight.row} onChange={(n) => move({ row: n })} />
          <ElementField count={info.source === 'trace' ? tile?.tile.cols ?? 1 : weight.cols} value={col} label={t.weight.col} onChange={(n) => move({ col: n })} />
          <span className={styles.field}>{t.weight.size(format.number(weight.rows), format.number(weight.cols), format.bytes(weight.bytes))}</span>
        </div>
      )}
      {tile && weight ? <Tile tile={tile} at={hover ?? { row, col }} onPick={(place) => move(place)} onHover={setHover} /> : <p className={styles.note}>{answer.error?.message ?? t.wait}</p>}
      {tile && coded && <Histogram tile={tile} />}
      {info.source === 'trace' && <p className={styles.note}>{t.weight.tile}</p>}
    </Figure>
  )
}

type Cell = { row: number; col: number }

function Tile({ tile, at, onPick, onHover }: { tile: WeightTile; at: Cell; onPick: (at: Cell) => void; onHover: (at: Cell | null) => void }) {
  const { t } = useRun()
  const scheme = useScheme()
  const { rows, cols, row, col } = tile.tile
  const half = (width: number) => (width / cols < 9 ? Math.ceil(cols / 2) : cols) // a phone shows each row as two lines
  const size = (width: number) => width / half(width)
  const inside = at.row >= row && at.row < row + rows && at.col >= col && at.col < col + cols ? at : { row, col }
  const i = (inside.row - row) * cols + inside.col - col
  const draw = (width: number): DrawList => {
    const per = half(width), s = size(width), lines = cols / per
    const shown = new Float32Array(tile.values.length)
    for (let r = 0; r < rows; r++) for (let c = 0; c < cols; c++) shown[(Math.floor(c / per) * rows + r) * per + (c % per)] = tile.values[r * cols + c]!
    const pixels = new OffscreenCanvas(per, rows * lines), image = new ImageData(per, rows * lines)
    paint(shown, signedScale(bounds(tile.values) || 1, scheme), image.data)
    pixels.getContext('2d')!.putImageData(image, 0, 0)
    const shapes: Shape[] = [{ kind: 'image', x: 0, y: 0, w: per * s, h: rows * lines * s, pixels }]
    for (let line = 1; line < lines; line++) shapes.push({ kind: 'path', d: `M0 ${line * rows * s}h${width}`, stroke: themeColor('--surface', scheme), width: 3 })
    const c = inside.col - col
    shapes.push({ kind: 'path', d: `M${(c % per) * s} ${(Math.floor(c / per) * rows + inside.row - row) * s}h${s}v${s}h${-s}z`, stroke: themeColor('--ink', scheme), width: 2 })
    return { width, height: rows * lines * s, background: themeColor('--surface', scheme), shapes }
  }
  const cellAt = ({ x, y }: { x: number; y: number }): Cell | null => {
    const width = document.querySelector<HTMLElement>('[data-testid="weight-tile"]')?.clientWidth ?? 0
    const per = half(width), s = size(width), line = Math.floor(y / s)
    const c = Math.floor(line / rows) * per + Math.floor(x / s)
    return x >= 0 && line >= 0 && c < cols && line < rows * (cols / per) ? { row: row + (line % rows), col: col + c } : null
  }
  const code = tile.codes?.[i], scale = tile.scales?.[i], value = tile.values[i]!
  const entry = code === undefined ? undefined : tile.table?.[code]
  const block = tile.block > 0 ? Math.floor((inside.row * tile.cols + inside.col) / tile.block) : null
  const nested = tile.nested?.find((n) => n.block === block)
  return (
    <>
      <Drawing draw={draw} label={t.weight.label(rows, cols)} pointer testId="weight-tile" onPoint={(p) => onHover(p && cellAt(p))} onPick={(p) => { const place = cellAt(p); if (place) onPick(place) }} />
      <Sums rows={[
        { name: <>{t.weight.row} {inside.row}, {t.weight.col} {inside.col}</>, value: block === null ? '' : t.weight.block(block) },
        ...(code === undefined ? [] : [{ name: t.weight.code, value: entry === undefined ? String(code) : `0x${code.toString(16).toUpperCase()} = ${code.toString(2).padStart(4, '0')}`, exact: code, testId: 'weight-code' }]),
      ]} />
      <p className={styles.sum} data-testid="weight-sum" data-entry={entry} data-scale={scale} data-value={value}><code>
        {entry !== undefined && scale !== undefined ? <>{t.weight.table}[{code}] {num(entry)} × {t.weight.scale} {num(scale)} = <b>{num(value)}</b></>
          : scale !== undefined ? <>{t.weight.code} {code} · {t.weight.scale} {num(scale)} → <b>{num(value)}</b></> : <>{t.weight.value} <b>{num(value)}</b></>}
      </code></p>
      {scale !== undefined && <p className={styles.sum} data-testid="weight-chain" data-map={nested?.map} data-absmax={nested?.absmax} data-offset={nested?.offset} data-scale={nested?.scale}><code>
        {t.weight.chain}: {nested ? <>{t.weight.map}[{nested.code}] {num(nested.map)} × {t.weight.absmax} {num(nested.absmax)} + {t.weight.offset} {num(nested.offset)} = <b>{num(nested.scale)}</b></> : <>{num(scale)} ({t.weight.plainScale})</>}
      </code></p>}
    </>
  )
}

function Histogram({ tile }: { tile: WeightTile }) {
  const { t, format } = useRun()
  const scheme = useScheme()
  const table = tile.table!
  const counts = Array.from(table, (_, code) => tile.codes!.reduce((n, c) => n + (c === code ? 1 : 0), 0))
  const most = Math.max(...counts), high = 70
  const draw = (width: number): DrawList => {
    const step = width / counts.length, color = (name: string) => themeColor(name, scheme)
    return {
      width, height: high + 26, background: color('--surface'),
      shapes: counts.flatMap((n, code): Shape[] => [
        { kind: 'rect', x: code * step + 1, y: 10 + high - (n / most) * (high - 6), w: step - 2, h: (n / most) * (high - 6), fill: color('--accent'), opacity: 0.75, radius: 2 },
        { kind: 'text', x: (code + 0.5) * step, y: high + 22, text: code.toString(16).toUpperCase(), size: 10, fill: color('--ink-soft'), anchor: 'middle', mono: true },
      ]),
    }
  }
  return (
    <>
      <p className={styles.field}>{t.weight.histogram}</p>
      <Drawing draw={draw} label={t.weight.histogram} />
      <details className={styles.table}>
        <summary>{t.weight.asTable}</summary>
        <div className={styles.scroll} tabIndex={0} role="region" aria-label={t.weight.histogram}>
          <table>
            <thead><tr><th scope="col">{t.weight.code}</th><th scope="col">{t.weight.table}</th><th scope="col">{t.weight.count}</th></tr></thead>
            <tbody>{counts.map((n, code) => <tr key={code}><th scope="row">{code.toString(16).toUpperCase()}</th><td>{num(table[code]!)}</td><td>{format.number(n)}</td></tr>)}</tbody>
          </table>
        </div>
      </details>
    </>
  )
}
