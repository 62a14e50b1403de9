// The picture of a tile, and the way from the stored bits of one of its numbers to its value, in steps.

import { useState } from 'react'
import type { WeightTile } from '../../store/inspect.ts'
import { Drawing } from '../../ui/Drawing.tsx'
import { Segmented } from '../../ui/Segmented.tsx'
import { useScheme } from '../../ui/useScheme.ts'
import { Sums } from './Card.tsx'
import styles from './Cards.module.css'
import { levelOf } from './quant.ts'
import { num, useRun } from './run.ts'
import { Table, type Row } from './Table.tsx'
import { placeAt, tileList, type Place } from './weight-draw.ts'

export function Tile({
  tile,
  at,
  onPick,
  onHover,
}: {
  tile: WeightTile
  at: Place
  onPick: (at: Place) => void
  onHover: (at: Place | null) => void
}) {
  const { t } = useRun()
  const scheme = useScheme()
  const [shown, setShown] = useState<'values' | 'errors'>('values')
  const { rows, cols, row, col } = tile.tile
  const inside = at.row >= row && at.row < row + rows && at.col >= col && at.col < col + cols ? at : { row, col }
  const i = (inside.row - row) * cols + inside.col - col
  const source = tile.source ?? null
  const errors = source && shown === 'errors' ? tile.values.map((v, n) => v - source[n]!) : null
  const placeOf = ({ x, y }: { x: number; y: number }) =>
    placeAt(x, y, document.querySelector<HTMLElement>('[data-testid="weight-tile"]')?.clientWidth ?? 1, tile.tile)
  return (
    <>
      {source && (
        <Segmented
          label={t.weight.shown}
          value={shown}
          onChange={setShown}
          options={[
            { value: 'values', text: t.weight.values },
            { value: 'errors', text: t.weight.errors },
          ]}
        />
      )}
      <Drawing
        draw={(width) => tileList(width, errors ?? tile.values, tile.tile, inside, scheme)}
        label={errors ? t.weight.labelErrors(rows, cols) : t.weight.label(rows, cols)}
        pointer
        testId="weight-tile"
        onPoint={(p) => onHover(p && placeOf(p))}
        onPick={(p) => {
          const place = placeOf(p)
          if (place) onPick(place)
        }}
      />
      <Chain tile={tile} at={inside} i={i} />
      <RowTable tile={tile} row={inside.row} />
    </>
  )
}

/** bits → code → table → × scale; and where the scale is itself a code, the same for the scale. */
function Chain({ tile, at, i }: { tile: WeightTile; at: Place; i: number }) {
  const { t } = useRun()
  const code = tile.codes?.[i],
    scale = tile.scales?.[i],
    value = tile.values[i]!,
    source = tile.source?.[i]
  const block = tile.block > 0 ? Math.floor((at.row * tile.cols + at.col) / tile.block) : null
  const nested = tile.nested?.find((n) => n.block === block)
  const level = code === undefined ? undefined : levelOf(tile, code),
    { bits } = tile
  const offset = tile.offsets?.[i]
  return (
    <>
      <Sums
        rows={[
          {
            name: (
              <>
                {t.weight.row} {at.row}, {t.weight.col} {at.col}
              </>
            ),
            value: block === null ? '' : t.weight.block(block),
          },
          ...(source === undefined
            ? []
            : [
                { name: t.weight.inFile, value: num(source), exact: source, testId: 'weight-source' },
                { name: t.weight.error, value: num(value - source), exact: value - source, testId: 'weight-error' },
              ]),
        ]}
      />
      {code === undefined || level === undefined || scale === undefined ? (
        <p className={styles.sum} data-testid="weight-sum" data-value={value}>
          <code>
            {t.weight.value} <b>{num(value)}</b>
          </code>{' '}
          {t.weight.plain}
        </p>
      ) : (
        <ol className={styles.chain}>
          <li>
            {t.weight.steps.bits(bits)}{' '}
            <code data-testid="weight-code" data-value={code}>
              {code.toString(2).padStart(bits, '0')} = {code}
            </code>
          </li>
          <li>
            {tile.table
              ? t.weight.steps.table
              : tile.coding === 'signed'
                ? t.weight.steps.signed
                : tile.coding === 'counted'
                  ? t.weight.steps.rising
                  : t.weight.steps.level}{' '}
            <code>
              {tile.table
                ? `${t.weight.table}[${code}] = ${num(level)}`
                : level === code
                  ? code
                  : `${code} − ${code - level} = ${String(level).replace('-', '−')}`}
            </code>
          </li>
          <li>
            {offset !== undefined ? t.weight.steps.min(tile.block) : t.weight.steps.scale(tile.block)}{' '}
            <code
              data-testid="weight-sum"
              data-entry={tile.table ? level : undefined}
              data-scale={scale}
              data-value={value}
            >
              {tile.table ? num(level) : String(level).replace('-', '−')} × {t.weight.scale} {num(scale)}
              {offset !== undefined ? ` + (${num(offset)})` : ''} = <b>{num(value)}</b>
            </code>
          </li>
          <li
            data-testid="weight-chain"
            data-map={nested?.map}
            data-absmax={nested?.absmax}
            data-offset={nested?.offset}
            data-scale={nested?.scale}
          >
            {nested ? (
              <>
                {t.weight.steps.nested(nested.code)}{' '}
                <code>
                  {t.weight.map}[{nested.code}] {num(nested.map)} × {t.weight.absmax} {num(nested.absmax)} +{' '}
                  {t.weight.offset} {num(nested.offset)} = <b>{num(nested.scale)}</b>
                </code>
              </>
            ) : (
              <>
                {t.weight.steps.plain} <code>{num(scale)}</code>
              </>
            )}
          </li>
        </ol>
      )}
    </>
  )
}

function RowTable({
  tile: {
    tile: { row: first, col, cols },
    codes,
    values,
    source,
  },
  row,
}: {
  tile: WeightTile
  row: number
}) {
  const { t } = useRun()
  const rows = () =>
    Array.from({ length: cols }, (_, c): Row => {
      const i = (row - first) * cols + c
      return [
        col + c,
        ...(codes ? [codes[i]!] : []),
        num(values[i]!),
        ...(source ? [num(source[i]!), num(values[i]! - source[i]!)] : []),
      ]
    })
  return (
    <Table
      name={t.weight.rowTable(row)}
      head={[
        t.weight.col,
        ...(codes ? [t.weight.code] : []),
        t.weight.value,
        ...(source ? [t.weight.inFile, t.weight.error] : []),
      ]}
      rows={rows}
      testId="weight-row"
    />
  )
}
