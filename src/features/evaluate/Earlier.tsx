// Earlier results, of every set: one is shown.

import { useFormats } from '../../i18n/index.tsx'
import { evaluate as words } from '../../i18n/panels/evaluate.ts'
import { usePanelText } from '../../i18n/panels/index.ts'
import { useEvaluate, useResults } from '../../store/evaluate/index.ts'
import { Button } from '../../ui/Button.tsx'
import { Name } from '../../ui/Name.tsx'
import { nameOf } from './names.ts'
import styles from './Panel.module.css'

export function Earlier() {
  const t = usePanelText(words)
  const format = useFormats()
  const { results, clear } = useResults()
  const { result, show, running } = useEvaluate()
  if (results.length === 0) return null
  return (
    <section className={styles.section} data-testid="evaluate-history" data-count={results.length}>
      <h2>{t.history}</h2>
      <ul className={styles.runs}>
        {results.map((one) => (
          <li key={one.at}>
            <Name>{nameOf(one, t, format)}</Name>
            <Button variant="quiet" disabled={running !== null || one.at === result?.at} onClick={() => show(one)}>
              {one.at === result?.at ? t.shown : t.showOne}
            </Button>
          </li>
        ))}
      </ul>
      <p className={styles.actions}>
        <Button
          icon="trash"
          variant="danger"
          disabled={running !== null}
          data-testid="evaluate-clear"
          onClick={() => {
            clear()
            show(null)
          }}
        >
          {t.clear}
        </Button>
      </p>
    </section>
  )
}
