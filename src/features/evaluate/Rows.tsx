// The rows of a result, what failed first; each opens its run where its probabilities are drawn.

import { useId, useMemo, useState } from 'react'
import { kindOf, lessIsBetter, scoredRow, type Metric } from '../../evaluation/scores.ts'
import { useExplain, useFormats } from '../../i18n/index.tsx'
import { evaluate as words } from '../../i18n/panels/evaluate.ts'
import { usePanelText } from '../../i18n/panels/index.ts'
import { canOpen, useEvaluate, type EvalResult, type RowResult } from '../../store/evaluate/index.ts'
import { useChat, useModels } from '../../store/index.ts'
import { Button } from '../../ui/Button.tsx'
import { scoreText } from './names.ts'
import styles from './Panel.module.css'

const PAGE = 25

/** What could not be run, then the worst; rows that have no such score stand last. */
export function failuresFirst(rows: readonly RowResult[], metric: Metric): RowResult[] {
  const place = ({ scored }: RowResult): number => {
    if (scored === null) return -Infinity
    if (scored.kind !== kindOf(metric)) return Infinity
    const value = scoredRow(metric, scored)
    return lessIsBetter(metric) ? -Math.min(value, Number.MAX_VALUE) : value
  }
  return rows
    .map((row) => ({ row, at: place(row) }))
    .sort((a, b) => (a.at === b.at ? a.row.line - b.row.line : a.at - b.at))
    .map(({ row }) => row)
}

export function Rows({ result, own }: { result: EvalResult; own: readonly Metric[] }) {
  const t = usePanelText(words)
  const id = useId()
  const [chosen, setChosen] = useState<Metric | null>(null)
  const [count, setCount] = useState(PAGE)
  const { set, running, opening, open } = useEvaluate()
  const isWriting = useChat((s) => s.status !== 'idle')
  const model = useModels((s) => (s.active?.state === 'ready' ? s.active.id : undefined))
  const metric = (chosen !== null && own.includes(chosen) ? chosen : own[0]) ?? 'exact'
  const rows = useMemo(
    () => (running ? [...result.rows].reverse() : failuresFirst(result.rows, metric)),
    [result, metric, running],
  )
  const openable = canOpen({ set, result }, model)
  return (
    <>
      <h3>{t.list}</h3>
      <p className={styles.actions}>
        <label htmlFor={id}>{t.orderBy}</label>
        <select id={id} value={metric} onChange={({ target }) => setChosen(target.value as Metric)}>
          {own.map((one) => (
            <option key={one} value={one}>
              {t.metrics[one][0]}
            </option>
          ))}
        </select>
        {!openable && !running && <span className={styles.note}>{t.cannotOpen}</span>}
      </p>
      <ol className={styles.rows} data-testid="evaluate-rows">
        {rows.slice(0, count).map((row) => (
          <Row
            key={row.line}
            row={row}
            metric={metric}
            busy={opening === row.line}
            open={openable && !running ? () => void open(row.line) : null}
            waits={isWriting || opening !== null}
          />
        ))}
      </ol>
      {rows.length > count && (
        <Button onClick={() => setCount(count + PAGE)}>{t.more(Math.min(PAGE, rows.length - count))}</Button>
      )}
    </>
  )
}

interface RowProps {
  row: RowResult
  metric: Metric
  busy: boolean
  open: (() => void) | null
  waits: boolean
}

function Row({ row, metric, busy, open, waits }: RowProps) {
  const t = usePanelText(words)
  const format = useFormats()
  const explain = useExplain()
  const { line, asked, wanted, answer, scored, error } = row
  const own =
    scored?.kind === kindOf(metric)
      ? metric
      : scored?.kind === 'choice'
        ? 'choice'
        : scored?.kind === 'text'
          ? 'perplexity'
          : null
  return (
    <li data-line={line} data-failed={scored === null}>
      <header>
        <span>
          {t.line} {line}
        </span>
        {scored && own && (
          <span>
            {t.metrics[own][0]} <b>{scoreText(own, scoredRow(own, scored), format)}</b>
          </span>
        )}
        {open && (
          <Button
            variant="quiet"
            icon="probabilities"
            disabled={waits}
            aria-label={t.openLine(line)}
            onClick={open}
            data-testid={`evaluate-open-${line}`}
          >
            {busy ? t.opening : t.open}
          </Button>
        )}
      </header>
      <dl>
        <dt>{t.asked}</dt>
        <dd dir="auto">{asked}</dd>
        {wanted !== '' && <dt>{t.wanted}</dt>}
        {wanted !== '' && <dd dir="auto">{wanted}</dd>}
        {scored && scored.kind !== 'text' && <dt>{t.answer}</dt>}
        {scored && scored.kind !== 'text' && <dd dir="auto">{answer}</dd>}
      </dl>
      {error && <p className={styles.wrong}>{explain(error).text}</p>}
    </li>
  )
}
