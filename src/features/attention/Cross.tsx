// Between the halves of an encoder–decoder: rows are the tokens of the answer, columns those of the source. Every one of
// these keys is seen by every query, so there is no diagonal and no first token to leave out.

import { useMemo, useRef, useState } from 'react'
import { useAsk } from '../../store/ask.ts'
import type { DrawList } from '../../ui/export.ts'
import { Figure } from '../../ui/Figure.tsx'
import { Heatmap, type HeatCell, type HeatTile } from '../../ui/Heatmap.tsx'
import { Legend } from '../../ui/Legend.tsx'
import { useScheme } from '../../ui/useScheme.ts'
import { viewTokens } from '../../ui/tokens.ts'
import { attentionScale } from './HeadGrid.tsx'
import styles from './Matrix.module.css'
import { encoderTokens, useRun, useTrouble } from './run.ts'

const side = 512

export function Cross() {
  const { info, tokens, t, common, layer, head, position, name, value, percent, pick } = useRun()
  const trouble = useTrouble()
  const scheme = useScheme()
  const drawing = useRef<(() => DrawList) | null>(null)
  const [hover, setHover] = useState<HeatCell | null>(null)
  const source = useMemo(() => viewTokens(encoderTokens(info, tokens)), [info, tokens])
  const first = info.encoder!.layers,
    reads = layer < first
  const rows = tokens.length,
    cols = source.length
  const asked = useAsk(reads ? null : `cross ${layer} ${head}`, async (glass): Promise<HeatTile> => {
    const tile = await glass.attention({
      layer,
      branch: 'cross',
      heads: [head],
      rows: [info.kept, rows],
      cols: [0, cols],
      maxRows: side,
      maxCols: side,
    })
    return {
      rows: { from: info.kept, to: rows },
      cols: { from: 0, to: cols },
      height: tile.rows,
      width: tile.cols,
      pool: tile.pool,
      values: tile.values,
    }
  })
  const scale = useMemo(() => attentionScale(scheme), [scheme])
  if (reads) return <p data-testid="cross-none">{t.cross.none(first)}</p>
  const label = (p: number): string => source[p]?.label ?? String(p)
  const tile = asked.fresh ? asked.data : null
  return (
    <Figure
      title={t.cross.title(t.headName(layer, head))}
      words={common.figure}
      source={info.source}
      testId="figure-cross"
      caption={t.cross.caption}
      files={{
        name: `cross-attention-${layer}-${head}`,
        drawing: () => drawing.current!(),
        numbers: () => ({ model: info.model, layer, head, tokens: tokens.map((x) => x.text), source, tile }),
        array: () => ({
          shape: [tile?.height ?? 0, tile?.width ?? 0],
          data: tile?.values.slice() ?? new Float32Array(0),
        }),
      }}
    >
      <Heatmap
        rows={rows}
        cols={cols}
        tile={tile}
        coarse={null}
        single={null}
        scale={scale}
        words={common.heatmap}
        label={t.cross.title(t.headName(layer, head))}
        testId="cross"
        drawing={drawing}
        rowLabel={name}
        colLabel={label}
        rowTitle={t.matrix.rows}
        colTitle={t.matrix.cols}
        format={value}
        locked={null}
        row={position}
        marks={[]}
        onViewport={() => undefined}
        onHover={setHover}
        onLock={({ row }) => pick(row)}
      />
      <p className={styles.read} data-testid="cross-cell">
        {hover ? (
          <>
            <code>{name(hover.row)}</code> → <code>{label(hover.col)}</code>{' '}
            <b>{hover.known ? percent(hover.value) : '…'}</b>
          </>
        ) : (
          <span>{t.cross.hover}</span>
        )}
      </p>
      <div className={styles.legend}>
        <Legend scale={scale} label={t.matrix.weight} format={percent} absent={t.matrix.absentLegend} />
        {asked.error && <span role="alert">{trouble(asked.error)}</span>}
      </div>
    </Figure>
  )
}
