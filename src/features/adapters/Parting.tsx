// Where the two answers part, in words and as numbers: how likely each side held the tokens there, and those before.

import { useFormats } from '../../i18n/index.tsx'
import { adapterWords } from '../../i18n/panels/adapters.ts'
import { usePanelText } from '../../i18n/panels/index.ts'
import type { Written } from '../../store/side-by-side.ts'
import { tokenLabel } from '../../ui/tokens.ts'
import { answered, isOver } from './Column.tsx'
import { heldAt, partingOf, sharedOf } from '../../store/parting.ts'
import styles from './SideBySide.module.css'

interface Props {
  a: Written
  b: Written
}

/** Candidates of each side that are compared. */
const best = 5

/** For those who listen, and above the columns for those who look. */
export function PartingStatus({ a, b }: Props) {
  const t = usePanelText(adapterWords).ab
  const parting = partingOf(answered(a), answered(b))
  const writing = a.reading === null && b.reading === null && a.state !== 'failed' && b.state !== 'failed'
  const text = !isOver(a)
    ? t.said.a
    : b.state === 'waiting' || (!isOver(b) && parting.kind === 'open')
      ? t.said.b
      : !writing
        ? ''
        : parting.kind === 'parted'
          ? t.said.part(parting.at + 1)
          : parting.kind === 'ended'
            ? t.said.ends(t.side[parting.side], parting.at + 1)
            : parting.kind === 'same'
              ? t.said.same
              : b.events.length > 0
                ? t.said.sameSoFar
                : ''
  return (
    <p
      role="status"
      className={text === '' ? 'visually-hidden' : styles.said}
      data-testid="ab-said"
      data-kind={parting.kind}
    >
      {text}
    </p>
  )
}

export function Parting({ a, b }: Props) {
  const t = usePanelText(adapterWords).ab
  const format = useFormats()
  const parting = partingOf(answered(a), answered(b))
  const at = parting.kind === 'parted' || parting.kind === 'ended' ? parting.at : null
  const to = at ?? Math.min(a.events.length, b.events.length)
  const held = at === null ? null : heldAt(a.events, b.events, at, best)
  const shared = sharedOf(a.events, b.events, to)
  if (!isOver(b) || (held === null && shared.length === 0)) return null
  const taken = { a: a.events[at ?? -1]?.id, b: b.events[at ?? -1]?.id }
  return (
    <div className={styles.parting} data-testid="ab-parting">
      {held && (
        <>
          <h3>{t.parting(at! + 1)}</h3>
          <p className={styles.state}>{t.partingHint}</p>
          <Table
            rows={held.rows.map((row) => ({
              name: tokenLabel(row.text),
              key: row.id,
              a: row.a ?? t.below(format.share(held.below.a)),
              b: row.b ?? t.below(format.share(held.below.b)),
              note: row.id === taken.a ? t.chosen.a : row.id === taken.b ? t.chosen.b : '',
            }))}
          />
        </>
      )}
      {shared.length > 0 && (
        <details className={styles.shared}>
          <summary>{t.shared(shared.length)}</summary>
          <div className={styles.scroll} role="region" aria-label={t.shared(shared.length)} tabIndex={0}>
            <Table rows={shared.map(({ text, ...row }, i) => ({ name: tokenLabel(text), key: i, ...row, note: '' }))} />
          </div>
        </details>
      )}
    </div>
  )
}

interface TableRow {
  key: number
  name: string
  /** a share, or what is said in its place */
  a: number | string
  b: number | string
  note: string
}

/** A name and its share on both sides, as numbers and as bars. */
export function Table({ rows, what }: { rows: readonly TableRow[]; what?: string }) {
  const t = usePanelText(adapterWords).ab
  const format = useFormats()
  const cell = (value: number | string) => (
    <td>
      <span
        className={styles.bar}
        aria-hidden="true"
        style={{ ['--part' as string]: typeof value === 'number' ? Math.max(0, Math.min(1, value)) : 0 }}
      />
      <output>{typeof value === 'number' ? format.share(value) : value}</output>
    </td>
  )
  return (
    <table className={styles.table}>
      <thead>
        <tr>
          <th scope="col">{what ?? t.token}</th>
          <th scope="col">{t.side.a}</th>
          <th scope="col">{t.side.b}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ key, name, a, b, note }) => (
          <tr key={key} data-id={key}>
            <th scope="row">
              <bdi>{name}</bdi>
              {note !== '' && <small>{note}</small>}
            </th>
            {cell(a)}
            {cell(b)}
          </tr>
        ))}
      </tbody>
    </table>
  )
}
