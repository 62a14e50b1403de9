// The models panel: what waits for a yes, what is here, what can be fetched, how to add; device and storage beside it.

import { usePanelText } from '../../i18n/panels/index.ts'
import { listedWords } from '../../i18n/panels/listed.ts'
import { modelWords } from '../../i18n/panels/models.ts'
import { useModels } from '../../store/index.ts'
import { AddModel } from './AddModel.tsx'
import { Device } from './Device.tsx'
import { ModelCard } from './ModelCard.tsx'
import styles from './Panel.module.css'
import { PendingCard } from './PendingCard.tsx'
import { rowsOf } from './rows.ts'
import { Storage } from './Storage.tsx'

export function Panel() {
  const listed = usePanelText(listedWords)
  const { catalog, stored, jobs, active } = useModels()
  const words = usePanelText(modelWords)
  const { here, tiny, offered } = rowsOf({ catalog, stored, jobs, active })
  return (
    <div className={styles.panel}>
      <div className={styles.main}>
        <h1 className={styles.title}>{listed.title}</h1>
        <p className={styles.lead}>{listed.lead}</p>
        <PendingCard />
        <section className={styles.section} aria-labelledby="models-here">
          <h2 id="models-here">{listed.here}</h2>
          <ul className={styles.cards}>
            {here.map((row) => (
              <li key={row.id}>
                <ModelCard row={row} />
              </li>
            ))}
          </ul>
        </section>
        {tiny.length > 0 && (
          <section className={styles.section} aria-labelledby="models-tiny">
            <h2 id="models-tiny">{words.tiny}</h2>
            <p className={styles.lead}>{words.tinyHint}</p>
            <ul className={styles.cards}>
              {tiny.map((row) => (
                <li key={row.id}>
                  <ModelCard row={row} />
                </li>
              ))}
            </ul>
          </section>
        )}
        <AddModel />
        {offered.length > 0 && (
          <section className={styles.section} aria-labelledby="models-offered">
            <h2 id="models-offered">{listed.offered}</h2>
            <p className={styles.lead}>{listed.offeredHint}</p>
            <ul className={styles.cards}>
              {offered.map((row) => (
                <li key={row.id}>
                  <ModelCard row={row} />
                </li>
              ))}
            </ul>
          </section>
        )}
      </div>
      <aside className={styles.side} aria-label={listed.sideTitle}>
        <Device />
        <Storage />
      </aside>
    </div>
  )
}
