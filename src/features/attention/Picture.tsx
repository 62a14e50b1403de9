// One head's picture and what stands around it, whatever is looked at: the text itself (Matrix) or a source (Cross). The
// map, the cell under the pointer or locked, the button that cuts it, the legend, and how far the picture is from the run.

import { useRef, useState, type ReactNode } from 'react'
import { useInspect, type Edit } from '../../store/inspect.ts'
import type { Answer } from '../../store/ask.ts'
import { Button } from '../../ui/Button.tsx'
import type { ColorScale } from '../../ui/colors.ts'
import type { DrawList, NumberArray } from '../../ui/export.ts'
import { Figure } from '../../ui/Figure.tsx'
import { Heatmap, type HeatCell, type HeatTile, type TileRequest } from '../../ui/Heatmap.tsx'
import { Legend } from '../../ui/Legend.tsx'
import { Effect } from './Effect.tsx'
import styles from './Matrix.module.css'
import { useRun } from './run.ts'
import { hasEdit, maskEdge, maskedCells, toggleEdit } from './scores.ts'

interface Place {
  row: number
  col: number
}
export interface PictureProps {
  testId: 'matrix' | 'cross'
  title: string
  /** of the map, for who cannot see it */
  label: string
  caption: ReactNode
  file: string
  numbers: Record<string, unknown>
  array: () => NumberArray | Promise<NumberArray>
  note?: string | undefined
  /** tokens looked at: how many, and their names */
  cols: number
  colName: (key: number) => string
  tile: HeatTile | null
  coarse?: HeatTile | null
  /** one cell that was read by itself */
  single?: (Place & { value: number }) | null
  scale: ColorScale
  scaleName: string
  marginal?: string | undefined
  /** a cell that a click has locked; it can be cut */
  locked: Place | null
  onLock: (cell: Place) => void
  onHover?: (cell: HeatCell | null) => void
  onViewport?: (request: TileRequest) => void
  tools?: ReactNode
  mapTools?: ReactNode
  /** for tests and for what waits: what is drawn now */
  state?: { tile: string; zoomed: string; took: string }
  trouble?: string | null
  /** P·V against the kernel; null: not asked */
  attentionError: Answer<number> | null
  warn?: string | undefined
}

export function Picture(props: PictureProps) {
  const { testId, colName, tile, scale, locked, single = null, attentionError } = props
  const { info, tokens, t, common, layer, head, position, name, value, format, editable } = useRun()
  const { edits, setEdits, watched } = useInspect()
  const drawing = useRef<(() => DrawList) | null>(null)
  const [hover, setHover] = useState<HeatCell | null>(null)
  const branch = testId === 'cross' ? 'cross' : undefined
  const edge: Edit | null = locked && maskEdge({ layer, head }, locked.row, locked.col, branch)
  const cut = edge !== null && hasEdit(edits, edge)
  const all: Edit | null = locked && maskEdge({ layer, head: -1 }, locked.row, locked.col, branch)
  const allCut = all !== null && hasEdit(edits, all)
  const shown: HeatCell | null =
    hover ?? (locked && { ...locked, value: single?.value ?? NaN, known: single !== null, pooled: false })
  return (
    <Figure
      title={props.title}
      words={common.figure}
      source={info.source}
      testId={`figure-${testId}`}
      caption={props.caption}
      files={{
        name: props.file,
        drawing: () => drawing.current!(),
        note: props.note,
        numbers: () => ({
          model: info.model,
          layer,
          head,
          ...props.numbers,
          edits,
          tokens: tokens.map((x) => x.text),
          tile,
        }),
        array: props.array,
      }}
      tools={props.tools}
    >
      <Heatmap
        rows={tokens.length}
        cols={props.cols}
        tile={tile}
        coarse={props.coarse ?? null}
        single={single}
        scale={scale}
        words={common.heatmap}
        label={props.label}
        testId={testId}
        drawing={drawing}
        {...(props.marginal !== undefined && { marginal: props.marginal })}
        rowLabel={name}
        colLabel={colName}
        rowTitle={t.matrix.rows}
        colTitle={t.matrix.cols}
        format={value}
        locked={locked}
        row={position}
        marks={maskedCells(edits, { layer, head }, branch)}
        onViewport={props.onViewport ?? (() => undefined)}
        onHover={(cell) => {
          setHover(cell)
          props.onHover?.(cell)
        }}
        onLock={props.onLock}
        tools={props.mapTools}
      />
      <div
        className={styles.under}
        data-testid={`${testId}-state`}
        data-tile={props.state?.tile}
        data-zoomed={props.state?.zoomed}
        data-took={props.state?.took}
      >
        <p className={styles.read} data-testid="cell">
          {shown ? (
            <>
              <code>{name(shown.row)}</code> <small>{common.strip.token(shown.row)}</small> →{' '}
              <code>{colName(shown.col)}</code> <small>{common.strip.token(shown.col)}</small>{' '}
              <b data-testid="cell-value">{!shown.known || shown.pooled ? '…' : value(shown.value)}</b>
            </>
          ) : (
            <span>{t.matrix.hover}</span>
          )}
        </p>
        <Button
          icon={cut ? 'undo' : 'cut'}
          disabled={!edge || !editable}
          data-live
          data-testid="mask-edge"
          onClick={() => edge && void setEdits(toggleEdit(edits, edge))}
        >
          {cut ? t.edit.uncutEdge : t.edit.maskEdge}
        </Button>
        <Button
          icon={allCut ? 'undo' : 'cut'}
          disabled={!all || !editable}
          data-testid="mask-edge-all"
          onClick={() => all && void setEdits(toggleEdit(edits, all))}
        >
          {allCut ? t.edit.uncutAll : t.edit.maskAll}
        </Button>
      </div>
      {watched !== null && watched < tokens.length && <Effect target={watched} className={styles.effect} />}
      <div className={styles.legend}>
        <Legend
          scale={scale}
          label={props.scaleName}
          format={(v) => format.short(Number(v.toPrecision(2)))}
          absent={t.matrix.absentLegend}
        />
        {props.trouble && <span role="alert">{props.trouble}</span>}
        {props.warn !== undefined && (
          <span className={styles.warn} data-testid="renormalised">
            {props.warn}
          </span>
        )}
        {attentionError?.data != null && attentionError.fresh && (
          <span className={styles.error} title={t.matrix.attentionErrorHint} data-testid="attention-error">
            {t.matrix.attentionError} {attentionError.data.toExponential(0)}
          </span>
        )}
      </div>
    </Figure>
  )
}
