// What quantizing cost in this tile: the file's own values beside those the codes stand for.

import type { WeightTile } from '../../store/inspect.ts'
import { Button } from '../../ui/Button.tsx'
import { Drawing } from '../../ui/Drawing.tsx'
import { useScheme } from '../../ui/useScheme.ts'
import { Sums } from './Card.tsx'
import styles from './Cards.module.css'
import { bins, lostOf } from './quant.ts'
import { num, useRun } from './run.ts'
import { codesList, spreadList, type Place } from './weight-draw.ts'

export function Lost({ tile, onPick }: { tile: WeightTile; onPick: (at: Place) => void }) {
  const { info, t, format } = useRun()
  const scheme = useScheme()
  const lost = lostOf(tile)
  if (!lost) return <p className={styles.note} data-testid="weight-nosource">{!tile.codes ? t.weight.exact : info.source === 'trace' ? t.weight.noSourceTrace : t.weight.noSource}</p>
  const { index, error } = lost.worst, { row, col, cols } = tile.tile
  const place = { row: row + Math.floor(index / cols), col: col + (index % cols) }
  const spread = bins(tile.values, tile.source!, 16)
  return (
    <section data-testid="weight-lost">
      <p className={styles.field}>{t.weight.spread}</p>
      <Drawing draw={(width) => spreadList(width, tile.values, tile.source!, scheme, num)} label={t.weight.spread} />
      <Sums rows={[
        { name: t.weight.rms, value: <>{num(lost.rms)} ({format.percent(lost.relative)})</>, exact: lost.rms, testId: 'weight-rms' },
        { name: <Button variant="quiet" onClick={() => onPick(place)} data-testid="weight-worst">{t.weight.worst(place.row, place.col)}</Button>, value: num(error), exact: error, testId: 'weight-max' },
      ]} />
      <details className={styles.table}>
        <summary>{t.weight.asTable}</summary>
        <div className={styles.scroll} tabIndex={0} role="region" aria-label={t.weight.spread}>
          <table>
            <thead><tr><th scope="col">{t.weight.value}</th><th scope="col">{t.weight.inFile}</th><th scope="col">{t.weight.values}</th></tr></thead>
            <tbody>{spread.values.map((n, i) => <tr key={i}><th scope="row">{num(spread.from + ((spread.to - spread.from) * (i + 0.5)) / 16)}</th><td>{format.number(spread.source![i]!)}</td><td>{format.number(n)}</td></tr>)}</tbody>
          </table>
        </div>
      </details>
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
