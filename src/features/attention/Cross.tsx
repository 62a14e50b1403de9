// Between the halves of an encoder–decoder: rows are the tokens of the answer, columns those of the source. Every one of
// these keys is seen by every query, so there is no diagonal and no first token to leave out.

import { useMemo } from 'react'
import { useInspect } from '../../store/inspect.ts'
import { useAsk } from '../../store/ask.ts'
import type { HeatTile } from '../../ui/Heatmap.tsx'
import { useScheme } from '../../ui/useScheme.ts'
import { viewTokens } from '../../ui/tokens.ts'
import { attentionScale } from './HeadGrid.tsx'
import { Picture } from './Picture.tsx'
import { encoderTokens, useRun, useTrouble } from './run.ts'
import { useView } from './view.ts'

const side = 512

export function Cross() {
  const { info, tokens, t, layer, head, position, sentences, pick } = useRun()
  const trouble = useTrouble()
  const scheme = useScheme()
  const { sourceKey, hoverHead, set } = useView()
  const writing = useInspect((s) => s.writing)
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
  const attentionError = useAsk(
    reads || writing || hoverHead !== null || !asked.fresh || position < info.kept
      ? null
      : `cross error ${layer} ${position}`,
    (glass) => glass.attentionError(layer, position, 'cross'),
  )
  const scale = useMemo(() => attentionScale(scheme), [scheme])
  if (reads) return <p data-testid="cross-none">{t.cross.none(first)}</p>
  const tile = asked.fresh ? asked.data : null
  const locked = sourceKey !== null && sourceKey < cols ? { row: position, col: sourceKey } : null
  const at = locked && tile?.height === rows - info.kept && tile.width === cols
  return (
    <Picture
      testId="cross"
      title={t.cross.title(t.headName(layer, head))}
      label={t.cross.title(t.headName(layer, head))}
      caption={sentences('source').probs}
      file={`cross-attention-${layer}-${head}`}
      numbers={{ source }}
      array={() => ({
        shape: [tile?.height ?? 0, tile?.width ?? 0],
        data: tile?.values.slice() ?? new Float32Array(0),
      })}
      cols={cols}
      colName={(p) => source[p]?.label ?? String(p)}
      tile={tile}
      single={at ? { ...locked, value: tile.values[(locked.row - info.kept) * cols + locked.col]! } : null}
      scale={scale}
      scaleName={t.matrix.weight}
      marginal={t.matrix.marginal}
      locked={locked}
      onLock={({ row, col }) => {
        pick(row)
        set({ sourceKey: col })
      }}
      trouble={asked.error && trouble(asked.error)}
      attentionError={attentionError}
    />
  )
}
