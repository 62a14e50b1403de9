// One head: who looks at whom. Rows are the tokens that look, columns the tokens looked at; what lies above the
// diagonal does not exist. Three states of the same weight, and the run before and after edits.

import { useCallback, useMemo, useRef, useState } from 'react'
import { useInspect, type Glass } from '../../store/inspect.ts'
import { useAsk } from '../../store/ask.ts'
import { Button } from '../../ui/Button.tsx'
import { extent, lut, signedScale, type ColorScale } from '../../ui/colors.ts'
import type { DrawList } from '../../ui/export.ts'
import { Figure } from '../../ui/Figure.tsx'
import { Heatmap, type HeatCell, type HeatTile, type TileRequest } from '../../ui/Heatmap.tsx'
import { Legend } from '../../ui/Legend.tsx'
import { Segmented } from '../../ui/Segmented.tsx'
import { useScheme } from '../../ui/useScheme.ts'
import { hiddenPairs } from './hidden.ts'
import styles from './Matrix.module.css'
import { useRun, useTrouble } from './run.ts'
import { cutCells, cutEdge, hasEdit, toggleEdit } from './scores.ts'
import { useView, type Compare, type View } from './view.ts'

export function Matrix() {
  const run = useRun()
  const trouble = useTrouble()
  const { info, tokens, t, common, layer, head, position, name, value, editable } = run
  const { sink, compare, key, set, ...view } = useView()
  const recorded = info.source === 'trace'
  const what = recorded ? 'probs' : view.what
  const { select, selection, edits, setEdits, writing, withEdits } = useInspect()
  const scheme = useScheme()
  const drawing = useRef<(() => DrawList) | null>(null)
  const [request, setRequest] = useState<TileRequest | null>(null)
  const [hover, setHover] = useState<HeatCell | null>(null)
  const compared = edits.length > 0 && compare !== 'after'
  const scores = what !== 'probs'

  const ask = useCallback(async (glass: Glass): Promise<HeatTile> => read(glass, request!, { layer, head, scores, sink, kept: info.kept }), [request, layer, head, scores, sink, info.kept])
  const asked = request === null ? null : `${layer} ${head} ${scores} ${sink} ${JSON.stringify(request)}`
  const after = useAsk(asked === null || compare === 'before' && compared ? null : `tile ${asked}`, ask)
  const before = useAsk(asked !== null && compared ? `before ${asked}` : null, () => withEdits([], ask))
  // what the mask hides, computed from the same q and k, when few enough pairs are on screen
  const few = request !== null && request.rows.to - request.rows.from <= 72 && request.cols.to - request.cols.from <= 72
  const hidden = useAsk(what === 'raw' && few && !compared && after.fresh ? `hidden ${asked}` : null, (glass) => hiddenPairs(glass, info, layer, head, after.data!))

  const tile = useMemo(() => {
    if (!compared) return what === 'raw' && hidden.fresh && hidden.data ? hidden.data : after.data
    if (compare === 'before') return before.data
    return subtract(after.data, before.data)
  }, [compared, compare, what, hidden.fresh, hidden.data, after.data, before.data])
  const scale: ColorScale = useMemo(() => {
    if (compared && compare === 'difference') return signedScale(Math.max(0.01, ...extent(tile?.values ?? []).map(Math.abs)), scheme)
    return scores ? signedScale(Math.max(0.1, ...extent(tile?.values ?? []).map(Math.abs)), scheme) : { lut: lut('attention', scheme), min: 0, max: 1, curve: 'sqrt', floor: 0.03 }
  }, [compared, compare, scores, tile, scheme])

  // the proof that the picture is the run, as the edits left it
  const proof = useAsk(!writing && after.fresh ? `proof ${layer} ${position}` : null, (glass) => glass.proof(layer, position))

  const locked = key !== null && key <= position ? { row: position, col: key } : null
  const cut = locked && cutEdge({ layer, head }, locked.row, locked.col)
  const shown = hover ?? (locked && { ...locked, value: NaN })
  const size = tokens.length
  return (
    <Figure title={t.matrix.title(t.headName(layer, head))} words={common.figure} source={info.source} testId="figure-matrix" caption={t.matrix.caption[what]}
      files={{
        name: `attention-${layer}-${head}`, drawing: () => drawing.current!(),
        numbers: () => ({ model: info.model, layer, head, what: scores ? 'scores' : 'probs', run: compared ? compare : 'now', edits, tokens: tokens.map((x) => x.text), tile }),
        array: () => ({ shape: [tile?.height ?? 0, tile?.width ?? 0], data: tile?.values.slice() ?? new Float32Array(0) }),
      }}
      tools={edits.length > 0 && (
        <Segmented<Compare> label={t.matrix.compare} value={compare} onChange={(next) => set({ compare: next })} testId="compare"
          options={[{ value: 'after', text: t.matrix.runs.after }, { value: 'before', text: t.matrix.runs.before }, { value: 'difference', text: t.matrix.runs.difference }]} />
      )}>
      <Heatmap rows={size} cols={size} tile={tile} scale={scale} words={common.heatmap} label={t.matrix.label(t.headName(layer, head))} testId="matrix" drawing={drawing} {...(!scores && !(compared && compare === 'difference') && { marginal: t.matrix.marginal })}
        rowLabel={name} colLabel={name} rowTitle={t.matrix.rows} colTitle={t.matrix.cols} format={value} locked={locked} row={selection.position} marks={cutCells(edits, { layer, head })}
        onViewport={setRequest} onHover={setHover}
        onLock={({ row, col }) => { select({ position: row }); set({ key: col <= row ? col : null }) }}
        tools={(
          <Segmented<View['what']> label={t.matrix.state} value={what} onChange={(next) => set({ what: next })} testId="what"
            options={[{ value: 'raw', text: t.matrix.states.raw, hint: recorded ? t.notRecorded : t.matrix.caption.raw, disabled: recorded }, { value: 'masked', text: t.matrix.states.masked, hint: recorded ? t.notRecorded : t.matrix.caption.masked, disabled: recorded }, { value: 'probs', text: t.matrix.states.probs, hint: t.matrix.caption.probs }]} />
        )} />
      <div className={styles.under} data-testid="matrix-state" data-tile={after.fresh ? `${layer},${head}` : ''} data-took={after.took.toFixed(1)}>
        <p className={styles.read} data-testid="cell">
          {shown ? <><code>{name(shown.row)}</code> <small>{t.at(shown.row)}</small> → <code>{name(shown.col)}</code> <small>{t.at(shown.col)}</small> <b data-testid="cell-value">{hover ? (Number.isNaN(hover.value) ? (hover.known ? t.matrix.absent : '…') : value(hover.value)) : ''}</b></> : <span>{t.matrix.hover}</span>}
        </p>
        <Button icon={cut && hasEdit(edits, cut) ? 'undo' : 'cut'} disabled={!cut || !editable} data-testid="cut-edge" onClick={() => cut && void setEdits(toggleEdit(edits, cut))}>
          {cut && hasEdit(edits, cut) ? t.edit.uncutEdge : t.edit.cutEdge}
        </Button>
      </div>
      <div className={styles.legend}>
        <Legend scale={scale} label={compared && compare === 'difference' ? t.matrix.runs.difference : scores ? t.matrix.states.raw : t.matrix.weight} format={(v) => run.format.short(Number(v.toPrecision(2)))} absent={t.matrix.absentLegend} />
        {after.error && <span role="alert">{trouble(after.error)}</span>}
        {proof.data !== null && proof.fresh && <span className={styles.proof} title={t.matrix.proofHint} data-testid="proof">{t.matrix.proof} {proof.data.toExponential(0)}</span>}
      </div>
    </Figure>
  )
}

interface Which { layer: number; head: number; scores: boolean; sink: boolean; kept: number }

/** The asked part of the picture. Rows whose tape is gone, and the first column when it is hidden, are left out. */
async function read(glass: Glass, { rows, cols, maxRows, maxCols }: TileRequest, { layer, head, scores, sink, kept }: Which): Promise<HeatTile> {
  const length = (await glass.info()).length
  const r: [number, number] = [Math.max(rows.from, kept), Math.min(rows.to, length)], c: [number, number] = [Math.max(cols.from, sink ? 0 : 1), Math.min(cols.to, length)]
  const span = { rows: { from: r[0], to: r[1] }, cols: { from: c[0], to: c[1] } }
  if (r[1] <= r[0] || c[1] <= c[0]) return { ...span, height: 0, width: 0, values: new Float32Array(0) }
  const tile = await glass.attention({ layer, heads: [head], rows: r, cols: c, maxRows, maxCols, what: scores ? 'scores' : 'probs' })
  return { ...span, height: tile.rows, width: tile.cols, values: tile.values }
}

function subtract(after: HeatTile | null, before: HeatTile | null): HeatTile | null {
  if (!after || !before || after.values.length !== before.values.length || JSON.stringify([after.rows, after.cols]) !== JSON.stringify([before.rows, before.cols])) return null
  // a look that was cut is absent now: all of its weight is gone
  return { ...after, values: after.values.map((v, i) => (Number.isNaN(v) ? 0 : v) - before.values[i]!) }
}
