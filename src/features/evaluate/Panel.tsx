// A set of questions, how it is asked, and what came of it: scores with their intervals, failures first, earlier results.

import { useExplain, useT } from '../../i18n/index.tsx'
import { evaluate as words } from '../../i18n/panels/evaluate.ts'
import { usePanelText } from '../../i18n/panels/index.ts'
import { useEvaluate } from '../../store/evaluate/index.ts'
import { ErrorNote } from '../../ui/ErrorNote.tsx'
import { Page } from '../../ui/Page.tsx'
import { Controls } from './Controls.tsx'
import { Earlier } from './Earlier.tsx'
import { Result } from './Result.tsx'
import { SetChoice } from './SetChoice.tsx'

export function Panel() {
  const t = usePanelText(words)
  const { nav } = useT()
  const explain = useExplain()
  const { running, result, error } = useEvaluate()
  return (
    <Page
      title={t.title}
      lead={t.intro}
      back={{ to: 'bench', name: nav.bench }}
      data-testid="evaluate-panel"
      data-state={running ? 'running' : 'idle'}
    >
      <SetChoice />
      <Controls />
      {error && <ErrorNote {...explain(error)} code={error.code} message={error.message} details={t.details} />}
      {result && result.rows.length > 0 && <Result key={result.at} result={result} />}
      <Earlier />
    </Page>
  )
}
