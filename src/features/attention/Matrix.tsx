// One head: who looks at whom. Rows are the tokens that look, columns the tokens looked at; what the layer's mask hides
// does not exist. Three states of the same weight, and the run before and after edits. While a tile is on its
// way the grid's small picture of the head stands in for it.

import { useEffect, useMemo, useRef, useState } from 'react'
import { useInspect, type AttentionTile } from '../../store/inspect.ts'
import { useAsk } from '../../store/ask.ts'
import { extent, lut, signedScale, type ColorScale } from '../../ui/colors.ts'
import type { HeatCell, HeatTile, TileRequest } from '../../ui/Heatmap.tsx'
import { Segmented } from '../../ui/Segmented.tsx'
import { useScheme } from '../../ui/useScheme.ts'
import { difference, read, side, useBefore } from './before.ts'
import { hiddenPairs } from './hidden.ts'
import { Picture } from './Picture.tsx'
import { exact } from './read.ts'
import { useRun, useTrouble } from './run.ts'
import { firstShown, sinkNote } from './sink.ts'
import { useView, type Compare, type View } from './view.ts'

/** @param thumbnail every head of the layer as the grid has it */
export function Matrix({ thumbnail }: { thumbnail: AttentionTile | null }) {
  const trouble = useTrouble()
  const { info, tokens, t, layer, head, position, name, end, pick, sight, sentences } = useRun()
  const { sink, compare, key, hoverHead, set, ...view } = useView()
  const { edits, writing, version } = useInspect()
  const scheme = useScheme()
  const [viewport, setViewport] = useState<TileRequest | null>(null)
  const [hover, setHover] = useState<HeatCell | null>(null)
  const size = tokens.length
  const recorded = info.source === 'recording'
  // a recording holds the edited run only
  const comparable = edits.length > 0 && info.source === 'live',
    compared = comparable && compare !== 'after'
  // what the mask hides is not read of two runs
  const what = recorded ? 'probs' : compared && view.what === 'raw' ? 'masked' : view.what
  const scores = what !== 'probs'
  const which = { layer, head, scores, sink, kept: info.kept, length: size }

  // two runs are compared whole, so that one rerun of the text serves every zoom and pan
  const all = { from: 0, to: size }
  const request = compared ? { rows: all, cols: all, maxRows: side, maxCols: side } : viewport
  const of = `${layer} ${head} ${scores} ${sink}`,
    run_ = `${version} ${of}`
  /** the last head that was read in full */
  const whole = useRef<{ of: string; tile: HeatTile } | null>(null)
  const asked = request === null ? null : `${of} ${JSON.stringify(request)}`
  const after = useAsk(asked === null || (compared && compare === 'before') ? null : `tile ${asked}`, async (glass) => {
    const tile = await read(glass, request!, which)
    if (request!.rows.to - request!.rows.from === size && request!.cols.to - request!.cols.from === size) {
      whole.current = { of: run_, tile }
    }
    return { of, tile, whole: whole.current?.of === run_ ? whole.current.tile : null }
  })
  const before = useBefore(compared, scores, sink)
  // what the mask hides, computed from the same q and k, when few enough pairs are on screen
  const few = request !== null && request.rows.to - request.rows.from <= 72 && request.cols.to - request.cols.from <= 72
  const hidden = useAsk(
    what === 'raw' && few && after.fresh && after.data?.of === of ? `hidden ${asked}` : null,
    (glass) => hiddenPairs(glass, info, layer, head, after.data!.tile),
  )

  const now = after.data?.of === of ? after.data.tile : null
  const tile = useMemo(() => {
    if (!compared) return what === 'raw' && hidden.fresh && hidden.data ? hidden.data : now
    return compare === 'before' ? before.tile : difference(now, before.tile, scores)
  }, [compared, compare, what, scores, hidden.fresh, hidden.data, now, before.tile])
  const small = useThumbnail(thumbnail)
  const coarse = compared
    ? null
    : now
      ? after.data!.whole === now
        ? null
        : after.data!.whole
      : what === 'probs'
        ? small
        : null
  const unread = hover?.pooled
    ? hover
    : hover === null && key !== null && key < end(position) && !compared
      ? { row: position, col: key }
      : null
  const cell = useAsk(unread && `cell ${of} ${unread.row} ${unread.col}`, async (glass) => {
    const one = {
      rows: { from: unread!.row, to: unread!.row + 1 },
      cols: { from: unread!.col, to: unread!.col + 1 },
      maxRows: 1,
      maxCols: 1,
    }
    return { row: unread!.row, col: unread!.col, value: (await read(glass, one, which)).values[0] ?? NaN }
  })
  const single = cell.fresh ? cell.data : null
  const scale: ColorScale = useMemo(() => {
    if (compared && compare === 'difference') {
      return signedScale(Math.max(0.01, ...extent(tile?.values ?? []).map(Math.abs)), scheme)
    }
    return scores
      ? signedScale(Math.max(0.1, ...extent(tile?.values ?? []).map(Math.abs)), scheme)
      : { lut: lut('attention', scheme), min: 0, max: 1, curve: 'sqrt', floor: 0.03 }
  }, [compared, compare, scores, tile, scheme])

  // how far the picture is from the run, as the edits left it; not for a passing look: it reruns a block, and the
  // next picture would wait for it
  const calm = useCalm(`${layer} ${position}`, 300)
  const attentionError = useAsk(
    calm && !writing && hoverHead === null && after.fresh ? `attention error ${layer} ${position}` : null,
    (glass) => glass.attentionError(layer, position),
  )

  const renorm = sink === 'renormalised' && !scores
  const locked = key !== null && key < end(position) ? { row: position, col: key } : null
  const words = sentences()
  return (
    <Picture
      testId="matrix"
      title={t.matrix.title(t.headName(layer, head))}
      label={t.matrix.label(t.headName(layer, head))}
      caption={what === 'probs' ? words.probs : `${words[what]}${sight.biased ? ` ${words.biased}` : ''}`}
      file={`attention-${layer}-${head}`}
      note={sinkNote(sink, t)}
      numbers={{ what: scores ? 'scores' : 'probs', run: compared ? compare : 'now' }}
      // the whole head, whatever is on screen; two runs are compared as they are drawn, and the name says what is there
      array={async () => {
        const { glass } = useInspect.getState()
        if (glass && !compared) {
          const data = await exact(glass, layer, [head], [info.kept, size], [0, size], scores ? 'scores' : 'probs')
          return {
            shape: [size - info.kept, size],
            data,
            suffix: `${scores ? '-scores' : ''}${info.kept > 0 ? `-rows-from-${info.kept}` : ''}`,
          }
        }
        const { rows, cols, pool, width, height, values } = tile ?? {
          rows: all,
          cols: all,
          width: 0,
          height: 0,
          values: new Float32Array(0),
        }
        return {
          shape: [height, width],
          data: values.slice(),
          suffix: `-${compare}-rows-${rows.from}-to-${rows.to}-cols-${cols.from}-to-${cols.to}${pool && pool[0] * pool[1] > 1 ? `-max-of-${pool[0]}x${pool[1]}` : ''}`,
        }
      }}
      cols={size}
      colName={name}
      tile={tile}
      coarse={coarse}
      single={single}
      scale={scale}
      scaleName={
        compared && compare === 'difference' ? t.matrix.runs.difference : scores ? t.matrix.states.raw : t.matrix.weight
      }
      marginal={!scores && !(compared && compare === 'difference') ? t.matrix.marginal : undefined}
      locked={locked}
      onLock={({ row, col }) => {
        pick(row)
        set({ key: col < end(row) ? col : null })
      }}
      onHover={setHover}
      onViewport={setViewport}
      state={{
        tile: tile && (after.fresh || compared) ? `${layer},${head}` : '',
        zoomed: tile ? `${tile.rows.from}-${tile.rows.to}` : '',
        took: after.took.toFixed(1),
      }}
      trouble={(after.error ?? before.error) && trouble((after.error ?? before.error)!)}
      attentionError={renorm ? null : attentionError}
      warn={renorm ? t.sink.label : undefined}
      tools={
        comparable && (
          <Segmented<Compare>
            label={t.matrix.compare}
            value={compare}
            onChange={(next) => set({ compare: next })}
            testId="compare"
            options={[
              { value: 'after', text: t.matrix.runs.after },
              { value: 'before', text: t.matrix.runs.before },
              { value: 'difference', text: t.matrix.runs.difference },
            ]}
          />
        )
      }
      mapTools={
        <Segmented<View['what']>
          label={t.matrix.state}
          value={what}
          onChange={(next) => set({ what: next })}
          testId="what"
          options={[
            {
              value: 'raw',
              text: t.matrix.states.raw,
              hint: recorded ? t.notRecorded : words.raw,
              disabled: recorded || compared,
            },
            {
              value: 'masked',
              text: t.matrix.states.masked,
              hint: recorded ? t.notRecorded : words.masked,
              disabled: recorded,
            },
            { value: 'probs', text: t.matrix.states.probs, hint: words.probs },
          ]}
        />
      }
    />
  )
}

/** Whether a value has stayed the same for this many milliseconds. */
function useCalm(value: string, ms: number): boolean {
  const [settled, setSettled] = useState<string | null>(null)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), ms)
    return () => clearTimeout(timer)
  }, [value, ms])
  return settled === value
}

/** The grid's picture of this head, for where nothing better is there yet. */
function useThumbnail(tile: AttentionTile | null): HeatTile | null {
  const { info, head } = useRun()
  const first = firstShown(
      useView((s) => s.sink),
      info,
    ),
    from = Math.max(first, info.kept),
    { length } = info
  return useMemo(() => {
    const n = tile?.heads.indexOf(head) ?? -1
    if (!tile || n < 0) return null
    const { rows, cols, pool } = tile
    return {
      rows: { from, to: length },
      cols: { from: first, to: length },
      height: rows,
      width: cols,
      pool,
      values: tile.values.subarray(n * rows * cols, (n + 1) * rows * cols),
    }
  }, [tile, head, from, first, length])
}
