// Earlier runs: one is shown, another can stand beside it.

import { useId } from 'react'
import { useFormats } from '../../i18n/index.tsx'
import { bench as words } from '../../i18n/panels/bench.ts'
import { usePanelText } from '../../i18n/panels/index.ts'
import { useBench, useBenchHistory } from '../../store/bench/index.ts'
import { Button } from '../../ui/Button.tsx'
import styles from './Panel.module.css'

interface Props {
  other: number | null
  setOther: (at: number | null) => void
}

export function Earlier({ other, setOther }: Props) {
  const t = usePanelText(words)
  const format = useFormats()
  const id = useId()
  const { runs, clear } = useBenchHistory()
  const { result, show, state } = useBench()
  if (runs.length === 0) return null
  const label = (run: (typeof runs)[number]): string => `${run.model.name} · ${format.when(run.at)}`
  return (
    <section className={styles.result} data-testid="bench-history" data-count={runs.length}>
      <h2>{t.history}</h2>
      {runs.length > 1 && (
        <p className={styles.actions}>
          <label htmlFor={id}>{t.compare}</label>
          <select
            id={id}
            value={other ?? ''}
            data-testid="bench-compare"
            onChange={({ target: { value } }) => setOther(value === '' ? null : Number(value))}
          >
            <option value="">{t.nothing}</option>
            {runs
              .filter(({ at }) => at !== result?.at)
              .map((run) => (
                <option key={run.at} value={run.at}>
                  {label(run)}
                </option>
              ))}
          </select>
        </p>
      )}
      <ul className={styles.runs}>
        {runs.map((run) => (
          <li key={run.at} data-shown={run.at === result?.at}>
            <bdi>{label(run)}</bdi>
            <span>
              {run.decode
                .map(({ context, ms }) => `${format.number(context)}: ${t.ms(format.short(ms.median))}`)
                .join(' · ')}
            </span>
            <Button variant="quiet" disabled={run.at === result?.at} onClick={() => show(run)}>
              {run.at === result?.at ? t.shown : t.show}
            </Button>
          </li>
        ))}
      </ul>
      <p className={styles.actions}>
        <Button
          icon="trash"
          variant="danger"
          disabled={state !== 'idle'}
          data-testid="bench-clear"
          onClick={() => {
            clear()
            setOther(null)
            show(null)
          }}
        >
          {t.clear}
        </Button>
      </p>
    </section>
  )
}
