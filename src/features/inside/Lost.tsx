// What quantizing cost in this tile: the file's own values beside those the codes stand for.

import type { WeightTile } from '../../store/inspect.ts'
import { Button } from '../../ui/Button.tsx'
import { Drawing } from '../../ui/Drawing.tsx'
import { useScheme } from '../../ui/useScheme.ts'
import { Sums } from './Card.tsx'
import styles from './Cards.module.css'
import { bins, lostOf } from './quant.ts'
import { num, useRun } from './run.ts'
import { Table } from './Table.tsx'
import { codesList, spreadList, type Place } from './weight-draw.ts'

export function Lost({ tile, onPick }: { tile: WeightTile; onPick: (at: Place) => void }) {
  const { info, t, format } = useRun()
  const scheme = useScheme()
  const lost = lostOf(tile)
  if (!lost) {
    return (
      <p className={styles.note} data-testid="weight-nosource">
        {!tile.codes
          ? t.weight.exact
          : info.source === 'recording'
            ? t.weight.noSourceRecording
            : tile.fileCodes
              ? t.weight.noSource
              : t.weight.gone}
      </p>
    )
  }
  const { index, error } = lost.worst,
    { row, col, cols } = tile.tile
  const place = { row: row + Math.floor(index / cols), col: col + (index % cols) }
  const spread = bins(tile.values, tile.source!, 16)
  return (
    <section data-testid="weight-lost">
      <p className={styles.field}>{t.weight.spread}</p>
      <Drawing draw={(width) => spreadList(width, tile.values, tile.source!, scheme, num)} label={t.weight.spread} />
      <Sums
        rows={[
          {
            name: t.weight.rms,
            value: (
              <>
                {num(lost.rms)} ({format.percent(lost.relative)})
              </>
            ),
            exact: lost.rms,
            testId: 'weight-rms',
          },
          {
            name: (
              <Button variant="quiet" onClick={() => onPick(place)} data-testid="weight-worst">
                {t.weight.worst(place.row, place.col)}
              </Button>
            ),
            value: num(error),
            exact: error,
            testId: 'weight-max',
          },
        ]}
      />
      <Table
        name={t.weight.asTable}
        head={[t.weight.value, t.weight.inFile, t.weight.values]}
        rows={() =>
          spread.values.map((n, i) => [
            num(spread.from + ((spread.to - spread.from) * (i + 0.5)) / 16),
            format.number(spread.source![i]!),
            format.number(n),
          ])
        }
      />
    </section>
  )
}

/** How often each code of a code book occurs in the tile. */
export function Codes({ tile }: { tile: WeightTile }) {
  const { t, format } = useRun()
  const scheme = useScheme()
  const table = tile.table!
  const counts = Array.from(table, (_, code) => tile.codes!.reduce((n, c) => n + (c === code ? 1 : 0), 0))
  return (
    <>
      <p className={styles.field}>{t.weight.histogram}</p>
      <Drawing draw={(width) => codesList(width, counts, scheme)} label={t.weight.histogram} />
      <Table
        name={t.weight.asTable}
        head={[t.weight.code, t.weight.table, t.weight.count]}
        rows={() => counts.map((n, code) => [code.toString(16).toUpperCase(), num(table[code]!), format.number(n)])}
      />
    </>
  )
}
