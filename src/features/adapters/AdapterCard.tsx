// One adapter: what it is, how strong it is on the loaded model, what can be done with it, what went wrong with it.

import { useExplain, useFormats } from '../../i18n/index.tsx'
import { adapterWords } from '../../i18n/panels/adapters.ts'
import { usePanelText } from '../../i18n/panels/index.ts'
import { useAdapters } from '../../store/adapters.ts'
import { useChat, useModels } from '../../store/index.ts'
import { Button } from '../../ui/Button.tsx'
import { Confirm } from '../../ui/Confirm.tsx'
import { ErrorNote } from '../../ui/ErrorNote.tsx'
import { Name } from '../../ui/Name.tsx'
import { plainName } from '../../ui/plain-name.ts'
import styles from './Card.module.css'
import { withNames, type Row } from './rows.ts'
import { Strength } from './Strength.tsx'

export function AdapterCard({ row }: { row: Row }) {
  const t = usePanelText(adapterWords)
  const { live, stored } = row
  return (
    <article
      className={styles.card}
      data-testid={`adapter-card-${row.id}`}
      data-on={live !== null}
      data-scale={live?.scale}
    >
      <div className={styles.head}>
        <div className={styles.what}>
          <h3>
            <Name>{row.name}</Name>
            <Kind row={row} />
          </h3>
          <Facts row={row} />
        </div>
        <Actions row={row} />
      </div>
      {live && <Strength adapter={live} name={row.name} />}
      {stored?.damaged && <p className={styles.soft}>{t.damaged}</p>}
      {live && live.modules.length > 0 && (
        <details className={styles.more}>
          <summary>{t.modules(live.modules.length)}</summary>
          <ul className={styles.modules} tabIndex={0} aria-label={t.modules(live.modules.length)}>
            {live.modules.map((module) => (
              <li key={module}>
                <code>{plainName(module)}</code>
              </li>
            ))}
          </ul>
        </details>
      )}
      {live && live.ignored.length > 0 && (
        <details className={styles.more} data-testid="adapter-ignored">
          <summary>{t.ignored(live.ignored.length)}</summary>
          <ul className={styles.modules} tabIndex={0} aria-label={t.ignored(live.ignored.length)}>
            {live.ignored.map((key) => (
              <li key={key}>
                <code>{plainName(key)}</code>
              </li>
            ))}
          </ul>
        </details>
      )}
      <Trouble id={row.id} />
    </article>
  )
}

function Kind({ row: { live, stored } }: { row: Row }) {
  const kind = live?.kind ?? stored?.kind
  return kind ? <span className={styles.badge}>{plainName(kind)}</span> : null
}

function Facts({ row: { live, stored } }: { row: Row }) {
  const t = usePanelText(adapterWords).facts
  const own = usePanelText(adapterWords).own
  const format = useFormats()
  const facts = [
    live && live.rank !== null && t.rank(live.rank),
    live && live.modules.length > 0 && t.modules(live.modules.length),
    live && t.parameters(format.compact(live.parameters)),
    live?.before !== undefined && t.before(live.before),
    stored && !stored.damaged && t.files(format.bytes(stored.bytes)),
    live && !stored && own,
  ].filter((fact): fact is string => typeof fact === 'string')
  return (
    <>
      <p className={styles.facts}>
        {facts.map((fact) => (
          <span key={fact}>{fact}</span>
        ))}
      </p>
      {stored?.base && (
        <p className={styles.facts}>
          <bdi>{t.madeFor(plainName(stored.base))}</bdi>
        </p>
      )}
    </>
  )
}

function Actions({ row: { id, name, live, stored } }: { row: Row }) {
  const t = usePanelText(adapterWords)
  const { moving, put, take, remove } = useAdapters()
  const ready = useModels((s) => s.active?.state === 'ready')
  const model = useModels((s) => s.active?.name ?? '')
  const writing = useChat((s) => s.status !== 'idle')
  if (!stored) return null
  const busy = moving !== null || writing
  return (
    <div className={styles.actions}>
      {live ? (
        <Button data-testid="take-adapter" disabled={busy} onClick={() => void take(id)}>
          {moving === id ? t.moving : t.take}
        </Button>
      ) : (
        !stored.damaged && (
          <Button
            variant="primary"
            title={t.putHint(plainName(model))}
            data-testid="put-adapter"
            disabled={!ready || busy}
            onClick={() => void put(id)}
          >
            {moving === id ? t.moving : t.put}
          </Button>
        )
      )}
      {!live && (
        <Confirm
          iconOnly
          label={`${t.remove}: ${plainName(name)}`}
          question={t.removeAsk(plainName(name))}
          yes={t.removeYes}
          no={t.keep}
          testId="remove-adapter"
          onConfirm={() => void remove(id)}
        />
      )}
    </div>
  )
}

/** Why it could not be put on, or taken off. */
function Trouble({ id }: { id: string }) {
  const t = usePanelText(adapterWords)
  const explain = useExplain()
  const error = useAdapters((s) => (s.failed === id ? s.error : null))
  const { stored, dismiss } = useAdapters()
  if (!error) return null
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
