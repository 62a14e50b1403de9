// The grid's figure: how it is sorted, what is under the pointer, and who is first in what.

import { useMemo, useRef, useState } from 'react'
import { useInspect, type AttentionTile, type Glass, type GlassInfo, type HeadStats } from '../../store/inspect.ts'
import { Button } from '../../ui/Button.tsx'
import type { DrawList, NumberArray } from '../../ui/export.ts'
import { Figure } from '../../ui/Figure.tsx'
import { legendFacts } from '../../ui/Legend.tsx'
import { Segmented } from '../../ui/Segmented.tsx'
import { themeColor } from '../../ui/theme-color.ts'
import { useScheme } from '../../ui/useScheme.ts'
import { attentionScale, HeadGrid } from './HeadGrid.tsx'
import styles from './Heads.module.css'
import { LayerStrip } from './LayerStrip.tsx'
import { useRun } from './run.ts'
import { isSilenced, rankHeads, scoreNames, toggleSilenced, type HeadRef, type ScoreName } from './scores.ts'
import { allHeads, exact } from './read.ts'
import { sinkNote, type Sink } from './sink.ts'
import { rangeOf, useView } from './view.ts'

export function Heads({
  tiles,
  stats,
  took,
}: {
  tiles: readonly (AttentionTile | null)[]
  stats: HeadStats | null
  took: number | null
}) {
  const { info, t, common, layer, head, editable, format } = useRun()
  const scheme = useScheme()
  const { sort, sink, hoverHead, set } = useView()
  const { edits, setEdits } = useInspect()
  const drawing = useRef<(() => DrawList) | null>(null)
  const [table, setTable] = useState(false)
  const silence = (which: HeadRef) => {
    if (editable) void setEdits(toggleSilenced(edits, which))
  }
  const shown = hoverHead ?? { layer, head }
  return (
    <Figure
      title={t.grid.title}
      words={common.figure}
      source={info.source}
      testId="figure-heads"
      caption={t.grid.caption}
      files={{
        name: 'attention-heads',
        drawing: () => drawing.current!(),
        note: sinkNote(sink, t),
        legend: () =>
          legendFacts({
            scale: attentionScale(scheme),
            label: t.matrix.weight,
            format: format.short,
            absent: t.matrix.absentLegend,
            absentFill: themeColor('--sunken', scheme),
          }),
        numbers: () => ({
          model: info.model,
          what: 'head scores, (layers, heads)',
          layers: info.layers,
          heads: info.heads,
          ...stats,
        }),
        array: async () => {
          const { glass } = useInspect.getState()
          return glass && !info.encoder && cellsOf(info) <= maxCells ? wholeHeads(glass, info) : stackTiles(tiles)
        },
      }}
      tools={
        <>
          <label className={styles.sort}>
            <span>{t.grid.sort}</span>
            <select
              value={sort}
              onChange={(event) => set({ sort: event.target.value as ScoreName | 'index' })}
              data-testid="head-sort"
            >
              <option value="index">{t.grid.byIndex}</option>
              {scoreNames.map((name) => (
                <option key={name} value={name}>
                  {t.scores[name].name}
                </option>
              ))}
            </select>
          </label>
          <Button
            variant="quiet"
            icon="table"
            label={table ? common.figure.picture : t.grid.table}
            aria-pressed={table}
            onClick={() => setTable(!table)}
          />
        </>
      }
    >
      {info.layers > 1 && !table && <LayerStrip stats={stats} />}
      {table && stats ? (
        <ScoreTable stats={stats} />
      ) : (
        <HeadGrid tiles={tiles} stats={stats} drawing={drawing} onMenu={silence} />
      )}
      <div className={styles.under} data-stale={took === null}>
        <p className={styles.line}>
          <strong>{t.headName(shown.layer, shown.head)}</strong>
          {stats &&
            scoreNames.map((name) => (
              <span key={name}>
                {t.scores[name].name} <b>{stats[name][shown.layer * info.heads + shown.head]!.toFixed(2)}</b>
              </span>
            ))}
        </p>
        <div className={styles.actions}>
          <Button
            icon={isSilenced(edits, { layer, head }) ? 'undo' : 'stop'}
            disabled={!editable}
            data-live
            data-testid="silence-head"
            onClick={() => silence({ layer, head })}
          >
            {isSilenced(edits, { layer, head })
              ? t.edit.restore(t.headName(layer, head))
              : t.edit.silence(t.headName(layer, head))}
          </Button>
        </div>
        <Segmented<Sink>
          label={t.sink.name}
          quiet={false}
          value={sink}
          onChange={(next) => set({ sink: next })}
          testId="sink"
          options={[
            { value: 'hidden', text: t.sink.hidden, hint: t.sink.hint },
            { value: 'renormalised', text: t.sink.renormalised, hint: t.sink.label },
            { value: 'shown', text: t.sink.shown },
          ]}
        />
        {sink === 'renormalised' && <p className={styles.warn}>{t.sink.label}</p>}
      </div>
      {stats && <TopHeads stats={stats} />}
    </Figure>
  )
}

/** For every score the head that has most of it: a way in for those who do not know where to look. */
function TopHeads({ stats }: { stats: HeadStats }) {
  const { info, t } = useRun()
  const select = useInspect((s) => s.select)
  const { set, ...view } = useView()
  const range = rangeOf(view.range, info.layers)
  const best = useMemo(
    () => scoreNames.map((name) => ({ name, first: rankHeads(stats, name, info.heads, range)[0]! })),
    [stats, info.heads, range],
  )
  return (
    <ul className={styles.top} aria-label={t.grid.best}>
      {best.map(({ name, first }) => (
        <li key={name}>
          <button
            type="button"
            title={t.scores[name].what}
            data-testid={`top-${name}`}
            data-head={`${first.layer},${first.head}`}
            onClick={() => select({ layer: first.layer, head: first.head })}
            onPointerEnter={() => set({ hoverHead: first })}
            onPointerLeave={() => set({ hoverHead: null })}
          >
            <i>{t.scores[name].badge}</i>
            <span>{t.scores[name].name}</span>
            <b>{t.headName(first.layer, first.head)}</b>
            <output>{first.value.toFixed(2)}</output>
          </button>
        </li>
      ))}
    </ul>
  )
}

/** One layer's heads and scores, to be read. */
function ScoreTable({ stats }: { stats: HeadStats }) {
  const { info, t, layer, head } = useRun()
  const select = useInspect((s) => s.select)
  return (
    <div className={styles.scroll} tabIndex={0} role="region" aria-label={t.grid.tableOf(layer)}>
      <table className={styles.table}>
        <caption>{t.grid.tableOf(layer)}</caption>
        <thead>
          <tr>
            <th scope="col">{t.grid.head}</th>
            {scoreNames.map((name) => (
              <th key={name} scope="col">
                {t.scores[name].name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {Array.from({ length: info.heads }, (_, h) => (
            <tr key={h} data-on={h === head}>
              <th scope="row">
                <button type="button" onClick={() => select({ head: h })}>
                  {h}
                </button>
              </th>
              {scoreNames.map((name) => (
                <td key={name}>{stats[name][layer * info.heads + h]!.toFixed(3)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

/** (layers, heads, rows, cols) of all thumbnails; layers not read yet are absent. */
/** Floats of an array file: 256 MB. More heads and tokens leave as the small pictures, and the name says so. */
const maxCells = 2 ** 26
const cellsOf = ({ layers, heads, length, kept }: GlassInfo): number => layers * heads * (length - kept) * length

/** (layers, heads, rows, keys), every weight. */
async function wholeHeads(glass: Glass, info: GlassInfo): Promise<NumberArray> {
  const { layers, heads, length, kept } = info
  const data = new Float32Array(cellsOf(info))
  for (let layer = 0; layer < layers; layer++) {
    data.set(await exact(glass, layer, allHeads(info), [kept, length], [0, length]), (layer * data.length) / layers)
  }
  return { shape: [layers, heads, length - kept, length], data, suffix: kept > 0 ? `-rows-from-${kept}` : '' }
}

function stackTiles(tiles: readonly (AttentionTile | null)[]): NumberArray {
  const known = tiles.find((tile) => tile !== null)
  const size = known ? known.values.length : 0
  const data = new Float32Array(size * tiles.length).fill(NaN)
  tiles.forEach((tile, layer) => {
    if (tile && tile.values.length === size) data.set(tile.values, layer * size)
  })
  return {
    shape: [tiles.length, known?.heads.length ?? 0, known?.rows ?? 0, known?.cols ?? 0],
    data,
    suffix: `-pictures-max-of-${known?.pool.join('x') ?? ''}`,
  }
}
