// One side: with which strengths it was written, its text, the place where the other side goes another way.

import { useExplain, useFormats } from '../../i18n/index.tsx'
import { adapterWords } from '../../i18n/panels/adapters.ts'
import { usePanelText } from '../../i18n/panels/index.ts'
import { useAdapters } from '../../store/adapters.ts'
import type { Which, Written } from '../../store/side-by-side.ts'
import { ErrorNote } from '../../ui/ErrorNote.tsx'
import { plainName } from '../../ui/plain-name.ts'
import { nameOf, withNames } from './rows.ts'
import { partingOf, textsOf } from '../../store/parting.ts'
import styles from './SideBySide.module.css'

export const isOver = ({ state }: Written): boolean => state === 'done' || state === 'stopped' || state === 'failed'
/** What is cut short, by the reader or an error, might have gone on: its end is no parting. */
export const answered = (side: Written) => ({ events: side.events, over: side.state === 'done' })

export function Column({ side, a, b }: { side: Which; a: Written; b: Written }) {
  const t = usePanelText(adapterWords).ab
  const details = usePanelText(adapterWords).details
  const explain = useExplain()
  const stored = useAdapters((s) => s.stored)
  const own = side === 'a' ? a : b
  const parting = partingOf(answered(a), answered(b))
  const at = parting.kind === 'parted' || parting.kind === 'ended' ? parting.at : null
  const [shared, mark, rest] = textsOf(own.events, at)
  const ended = parting.kind === 'ended' && parting.side === side
  return (
    <article
      className={styles.column}
      aria-label={t.side[side]}
      aria-busy={own.state === 'reading' || own.state === 'writing'}
      data-testid={`ab-${side}`}
      data-state={own.state}
      data-finish={own.finish}
      data-at={at}
    >
      <h3>
        <b>{t.side[side]}</b> <Strengths of={own} />
      </h3>
      <p className={styles.state}>{stateOf(own, t.state)}</p>
      {own.error ? (
        <ErrorNote
          {...explain(withNames(own.error, stored))}
          code={own.error.code}
          message={own.error.message}
          details={details}
        />
      ) : (
        own.reading === null && (
          <p className={styles.text} dir="auto" data-testid={`ab-text-${side}`}>
            {shared}
            {mark !== '' && (
              <mark title={t.differing} data-testid={`ab-mark-${side}`}>
                {mark}
              </mark>
            )}
            <span className={styles.rest}>{rest}</span>
            {ended && <em className={styles.ended}> {t.ended}</em>}
            {own.state === 'done' && own.events.length === 0 && <em className={styles.ended}>{t.silent}</em>}
          </p>
        )
      )}
    </article>
  )
}

function stateOf(own: Written, t: (typeof adapterWords)['en']['ab']['state']): string {
  const count = own.events.length
  switch (own.state) {
    case 'waiting':
    case 'reading':
    case 'failed':
      return t[own.state]
    case 'writing':
      return t.writing(count)
    case 'stopped':
      return t.stopped(count)
    case 'done':
      return own.reading ? t.read : own.finish === 'length' ? t.length(count) : t.done(count)
  }
}

/** "my-lora 1 · other 0.5", or that it is the model itself. */
function Strengths({ of: { strengths } }: { of: Written }) {
  const t = usePanelText(adapterWords).ab
  const format = useFormats()
  const stored = useAdapters((s) => s.stored)
  const on = Object.entries(strengths).filter(([, strength]) => strength !== 0)
  const name = (id: string): string => plainName(nameOf(stored, id))
  return (
    <span className={styles.with}>
      <bdi>
        {on.length === 0 ? t.base : on.map(([id, value]) => `${name(id)} ${format.number(value, 4)}`).join(' · ')}
      </bdi>
    </span>
  )
}
