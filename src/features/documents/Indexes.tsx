// How an index would find it: the passages' vectors as points in the plane, those that were looked at, and how much of what the
// exact search finds was found. The search above looks at all of them.

import { useId, useState } from 'react'
import { useFormats } from '../../i18n/index.tsx'
import { documentWords } from '../../i18n/panels/documents.ts'
import { usePanelText } from '../../i18n/panels/index.ts'
import type { IndexKind, IndexLook } from '../../store/index.ts'
import { useDocuments } from '../../store/documents/index.ts'
import styles from './Panel.module.css'

const kinds: readonly IndexKind[] = ['ivf', 'hnsw']
/** the narrowest search: a list, or as many vectors as are looked for */
const least = { ivf: 1, hnsw: 10 } as const
const widest = 64

export function Indexes() {
  const { indexes: t } = usePanelText(documentWords)
  const format = useFormats()
  const id = useId()
  const { indexLook, lookInto } = useDocuments()
  const [kind, setKind] = useState<IndexKind>('ivf')
  const [wide, setWide] = useState(1)
  const look = (next: IndexKind, by: number): void => {
    setKind(next)
    setWide(by)
    void lookInto(next, by)
  }
  const most = kind === 'ivf' ? (indexLook?.lists ?? widest) : widest
  return (
    <details
      className={styles.indexes}
      data-testid="documents-indexes"
      onToggle={(event) => {
        if (event.currentTarget.open && indexLook === null) look(kind, wide)
      }}
    >
      <summary>{t.title}</summary>
      <p className={styles.note}>{t.lead}</p>
      <fieldset className={styles.actions}>
        <legend className="visually-hidden">{t.kind}</legend>
        {kinds.map((one) => (
          <label key={one}>
            <input type="radio" name={id} checked={kind === one} onChange={() => look(one, least[one])} />
            {t.kinds[one]}
          </label>
        ))}
      </fieldset>
      <label className={styles.wide}>
        {t.wide[kind](format.number(Math.min(wide, most)))}
        <input
          type="range"
          min={least[kind]}
          max={most}
          value={Math.min(wide, most)}
          onChange={(event) => look(kind, Number(event.target.value))}
        />
      </label>
      {indexLook && (
        <>
          <p role="status" data-testid="documents-recall" data-recall={indexLook.recall}>
            {t.said(
              format.percent(indexLook.recall),
              format.number(indexLook.exact.length),
              format.number(indexLook.visited.length),
              format.number(indexLook.rows),
            )}
          </p>
          <Map look={indexLook} label={t.map} />
          <p className={styles.note}>{t.map}</p>
        </>
      )}
    </details>
  )
}

type State = 'unseen' | 'visited' | 'missed' | 'found'
/** what was found lies on top */
const order: readonly State[] = ['unseen', 'visited', 'missed', 'found']

export function Map({ look, label }: { look: IndexLook; label: string }) {
  const [visited, found, exact] = [new Set(look.visited), new Set(look.found), new Set(look.exact)]
  const stateOf = (row: number): State => {
    if (exact.has(row)) return found.has(row) ? 'found' : 'missed'
    return visited.has(row) ? 'visited' : 'unseen'
  }
  const points = Array.from({ length: look.rows }, (_, row) => ({ row, is: stateOf(row) }))
  points.sort((a, b) => order.indexOf(a.is) - order.indexOf(b.is))
  return (
    <svg className={styles.map} viewBox="-1.08 -1.08 2.16 2.16" role="img" aria-label={label}>
      {points.map(({ row, is }) => (
        <circle
          key={row}
          cx={look.map[2 * row]}
          cy={look.map[2 * row + 1]}
          r={is === 'found' || is === 'missed' ? 0.03 : 0.015}
          data-is={is}
        />
      ))}
    </svg>
  )
}
