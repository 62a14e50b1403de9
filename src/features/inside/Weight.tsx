// A tile of a weight as it lies on the GPU: code × scale, and where the scale itself comes from.

import { useState } from 'react'
import { useExplain } from '../../i18n/index.tsx'
import { useAsk } from '../../store/ask.ts'
import { Figure } from '../../ui/Figure.tsx'
import { useScheme } from '../../ui/useScheme.ts'
import styles from './Cards.module.css'
import { Codes, Lost } from './Lost.tsx'
import { useRun } from './run.ts'
import { stepsOfPart } from './sites.ts'
import { ElementField } from './Strip.tsx'
import { Tile } from './Tile.tsx'
import { useView } from './view.ts'
import { tileList, type Place } from './weight-draw.ts'

const tileRows = 8,
  tileCols = 64

export function WeightCard() {
  const { info, t, common, layer, part, plan, format } = useRun()
  const { weight: chosen, set } = useView()
  const [hover, setHover] = useState<Place | null>(null)
  const scheme = useScheme()
  const explain = useExplain()
  const weights = useAsk('weights', (glass) => glass.weights())
  const names = new Set(stepsOfPart(plan, part, layer).flatMap((s) => s.weights))
  const order = [...names]
  const list = (weights.data ?? [])
    .filter((w) => names.has(w.tensor))
    .sort((a, b) => order.indexOf(a.tensor) - order.indexOf(b.tensor))
  // the same matrix of another layer stays chosen
  const kind = chosen?.tensor.split('.').at(-2)
  const weight =
    list.find((w) => w.tensor === chosen?.tensor) ??
    list.find((w) => w.tensor.split('.').at(-2) === kind) ??
    list[0] ??
    null
  const row = weight && chosen ? Math.min(chosen.row, weight.rows - 1) : 0,
    col = weight && chosen ? Math.min(chosen.col, weight.cols - 1) : 0
  const rowFrom = info.source === 'recording' ? 0 : Math.floor(row / tileRows) * tileRows,
    colFrom = info.source === 'recording' ? 0 : Math.floor(col / tileCols) * tileCols
  const answer = useAsk(weight && `tile ${weight.tensor} ${rowFrom} ${colFrom}`, (glass) =>
    glass.weightTile(weight!.tensor, rowFrom, colFrom, tileRows, tileCols),
  )
  const tile = answer.data
  const move = (change: Partial<Place>) => set({ weight: { tensor: weight!.tensor, row, col, ...change } })
  const coded = tile?.table != null
  return (
    <Figure
      title={weight && !/nf4/i.test(weight.format) ? t.weight.titleOther(weight.format) : t.weight.title}
      words={common.figure}
      source={info.source}
      caption={weight && !/nf4/i.test(weight.format) ? t.weight.captionOther : t.weight.caption}
      testId="inside-weight"
      files={
        tile
          ? {
              name: `tile-${tile.tensor}-${tile.tile.row}-${tile.tile.col}`,
              numbers: () => tile,
              drawing: () => tileList(760, tile.values, tile.tile, { row, col }, scheme),
              array: () =>
                tile.source
                  ? {
                      shape: [2, tile.tile.rows, tile.tile.cols],
                      data: Float32Array.from([...tile.values, ...tile.source]),
                    }
                  : { shape: [tile.tile.rows, tile.tile.cols], data: tile.values },
            }
          : undefined
      }
    >
      {weight && (
        <div className={styles.fields}>
          <label className={styles.field}>
            {t.weight.tensor}
            <select
              value={weight.tensor}
              onChange={(event) => set({ weight: { tensor: event.target.value, row: 0, col: 0 } })}
            >
              {list.map((w) => (
                <option key={w.tensor} value={w.tensor}>
                  {w.tensor.replace(/^model\.(layers\.)?|\.weight$/g, '')} · {w.format}
                </option>
              ))}
            </select>
          </label>
          <ElementField
            count={info.source === 'recording' ? (tile?.tile.rows ?? 1) : weight.rows}
            value={row}
            label={t.weight.row}
            onChange={(n) => move({ row: n })}
          />
          <ElementField
            count={info.source === 'recording' ? (tile?.tile.cols ?? 1) : weight.cols}
            value={col}
            label={t.weight.col}
            onChange={(n) => move({ col: n })}
          />
          <span className={styles.field}>
            {t.weight.size(format.number(weight.rows), format.number(weight.cols), format.bytes(weight.bytes))}
          </span>
        </div>
      )}
      {tile && weight ? (
        <Tile tile={tile} at={hover ?? { row, col }} onPick={(place) => move(place)} onHover={setHover} />
      ) : (
        <p className={styles.note}>
          {answer.error ? (info.source === 'recording' ? t.missing : explain(answer.error).text) : t.wait}
        </p>
      )}
      {tile && coded && <Codes tile={tile} />}
      {tile && <Lost tile={tile} onPick={move} />}
      {info.source === 'recording' && <p className={styles.note}>{t.weight.tile}</p>}
    </Figure>
  )
}
