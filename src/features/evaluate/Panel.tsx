// A set of questions, how it is asked, and what came of it: scores with their intervals, failures first, earlier results.

import { useExplain, useT } from '../../i18n/index.tsx'
import { evaluate as words } from '../../i18n/panels/evaluate.ts'
import { usePanelText } from '../../i18n/panels/index.ts'
import { useEvaluate } from '../../store/evaluate/index.ts'
import { Back } from '../../ui/Back.tsx'
import { ErrorNote } from '../../ui/ErrorNote.tsx'
import { Controls } from './Controls.tsx'
import { Earlier } from './Earlier.tsx'
import styles from './Panel.module.css'
import { Result } from './Result.tsx'
import { SetChoice } from './SetChoice.tsx'

export function Panel() {
  const t = usePanelText(words)
  const { nav } = useT()
  const explain = useExplain()
  const { running, result, error } = useEvaluate()
  return (
    <div className={styles.panel} data-testid="evaluate-panel" data-state={running ? 'running' : 'idle'}>
      <header className={styles.intro}>
        <Back to="bench" name={nav.bench} />
        <h1>{t.title}</h1>
        <p>{t.intro}</p>
      </header>
      <SetChoice />
      <Controls />
      {error && <ErrorNote {...explain(error)} code={error.code} message={error.message} details={t.details} />}
      {result && result.rows.length > 0 && <Result key={result.at} result={result} />}
      <Earlier />
    </div>
  )
}
