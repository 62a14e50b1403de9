// The adapters panel: what is on the loaded model, what is stored, how to add more, one prompt on both sides, and what
// the adapters change in the model.

import { lazy, Suspense } from 'react'
import { useExplain } from '../../i18n/index.tsx'
import { adapterWords } from '../../i18n/panels/adapters.ts'
import { usePanelText } from '../../i18n/panels/index.ts'
import { useAdapters } from '../../store/adapters.ts'
import { useChat, useModels } from '../../store/index.ts'
import { Button } from '../../ui/Button.tsx'
import { ErrorNote } from '../../ui/ErrorNote.tsx'
import { Notice } from '../../ui/Notice.tsx'
import { plainName } from '../../ui/plain-name.ts'
import { AdapterCard } from './AdapterCard.tsx'
import { AddAdapters } from './AddAdapters.tsx'
import styles from './Panel.module.css'
import { Preference } from './Preference.tsx'
import { rowsOf, withNames, type Row } from './rows.ts'
import { SideBySide } from './SideBySide.tsx'
import { useNames } from './useNames.ts'

/** loaded when there is something to show */
const Changes = lazy(async () => ({ default: (await import('./changes/index.ts')).Changes }))

export function Panel() {
  const t = usePanelText(adapterWords)
  const { live, started } = useAdapters()
  const stored = useNames()
  const { on, off } = rowsOf(stored, live)
  // what puts one token behind another
  const fits = useModels(
    ({ active }) => active?.info?.does.includes('generate') && !active.info.parts?.includes('source'),
  )
  const name = useModels((s) => (s.active?.state === 'ready' ? s.active.name : null))
  return (
    <div className={styles.panel} data-testid="adapters-panel" data-started={started}>
      <header className={styles.intro}>
        <h1>{t.title}</h1>
        <p>
          {t.lead} {t.zero}
        </p>
        <Button
          icon="adapters"
          onClick={() => {
            location.hash = '#/teach'
          }}
          data-testid="to-teach"
        >
          {t.teach}
        </Button>
      </header>
      <Trouble />
      {name === null ? (
        <NoModel />
      ) : (
        <section className={styles.section} aria-labelledby="adapters-on">
          <h2 id="adapters-on">
            <bdi>{t.on(plainName(name))}</bdi>
          </h2>
          {on.length === 0 && <p className={styles.soft}>{t.none}</p>}
          <Cards rows={on} />
          {on.length > 0 && <Waits />}
        </section>
      )}
      {(off.length > 0 || (started && stored.length === 0)) && (
        <section className={styles.section} aria-labelledby="adapters-stored">
          <h2 id="adapters-stored">{on.length > 0 ? t.storedOthers : t.stored}</h2>
          {off.length === 0 && <p className={styles.soft}>{t.nothingStored}</p>}
          <Cards rows={off} />
        </section>
      )}
      <AddAdapters />
      {on.length > 0 && <SideBySide />}
      {on.length > 0 && fits && <Preference />}
      {on.length > 0 && (
        <Suspense fallback={null}>
          <Changes />
        </Suspense>
      )}
    </div>
  )
}

function Cards({ rows }: { rows: readonly Row[] }) {
  return rows.length === 0 ? null : (
    <ul className={styles.cards}>
      {rows.map((row) => (
        <li key={row.id}>
          <AdapterCard row={row} />
        </li>
      ))}
    </ul>
  )
}

/** A slider that is moved while the model writes is heard when it has finished. */
function Waits() {
  const t = usePanelText(adapterWords)
  const writing = useChat((s) => s.status !== 'idle')
  return (
    <p role="status" className={writing ? styles.soft : 'visually-hidden'}>
      {writing ? t.waits : ''}
    </p>
  )
}

function NoModel() {
  const t = usePanelText(adapterWords)
  const loading = useModels((s) => s.active?.state === 'loading')
  return (
    <Notice
      tone="info"
      testId="adapters-no-model"
      title={loading ? t.loadingModel : t.noModel}
      actions={
        loading ? undefined : (
          <Button
            onClick={() => {
              location.hash = '#/models'
            }}
          >
            {t.toModels}
          </Button>
        )
      }
    >
      <p>{loading ? t.loadingModelText : t.noModelText}</p>
    </Notice>
  )
}

/** What went wrong with no adapter of this list. */
function Trouble() {
  const t = usePanelText(adapterWords)
  const explain = useExplain()
  const { error, failed, stored, live, dismiss } = useAdapters()
  const shown = stored.some(({ id }) => id === failed) || live.some(({ name }) => name === failed)
  if (!error || shown) return null
  return (
    <ErrorNote
      {...explain(withNames(error, stored))}
      code={error.code}
      message={error.message}
      details={t.details}
      actions={
        <Button variant="quiet" onClick={dismiss}>
          {t.close}
        </Button>
      }
    />
  )
}
