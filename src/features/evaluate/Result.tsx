// One result: how it was made, its scores beside those of another run of the same set, how sure it was, and its rows.

import { useId, useMemo, useState } from 'react'
import {
  calibrationOf,
  difference,
  kindOf,
  metrics,
  scored,
  type Metric,
  type Scored,
} from '../../evaluation/scores.ts'
import { useFormats } from '../../i18n/index.tsx'
import { evaluate as words } from '../../i18n/panels/evaluate.ts'
import { usePanelText } from '../../i18n/panels/index.ts'
import { comparable, useEvaluate, useResults, type EvalResult } from '../../store/evaluate/index.ts'
import { Button } from '../../ui/Button.tsx'
import { save } from '../../ui/export.ts'
import { Name } from '../../ui/Name.tsx'
import { rowsAsJsonl, rowsAsTable } from './export.ts'
import { adaptersOf, differenceText, nameOf, scoreText } from './names.ts'
import styles from './Panel.module.css'
import { Rows } from './Rows.tsx'

/** Rows from which on a bootstrap's interval is worth reading without a warning. */
const enough = 30

const scoredOf = ({ rows }: EvalResult): Scored[] => rows.flatMap((row) => row.scored ?? [])

export function Result({ result }: { result: EvalResult }) {
  const t = usePanelText(words)
  const format = useFormats()
  const id = useId()
  const running = useEvaluate((s) => s.running !== null)
  const [hidden, setHidden] = useState<ReadonlySet<Metric>>(new Set())
  const own = useMemo(
    () => metrics.filter((metric) => scoredOf(result).some(({ kind }) => kind === kindOf(metric))),
    [result],
  )
  const { rows, settings, model, set, whole } = result
  const failed = rows.filter((row) => row.scored === null).length
  const cut = rows.filter((row) => row.cut).length
  const visible = useMemo(() => own.filter((metric) => !hidden.has(metric)), [own, hidden])
  return (
    <section className={styles.section} aria-labelledby={id} data-testid="evaluate-result" data-rows={rows.length}>
      <h2 id={id}>
        <Name>{t.result(model.name, set.name)}</Name>
      </h2>
      <p className={styles.note}>
        {t.about(
          model.format || '–',
          adaptersOf(result, t),
          format.number(settings.maxTokens),
          format.number(settings.temperature, 2),
          String(settings.seed),
          format.duration(result.seconds),
        )}
      </p>
      {!running && !whole && <p className={styles.wrong}>{t.part(rows.length, set.rows)}</p>}
      {failed > 0 && <p className={styles.wrong}>{t.failed(failed)}</p>}
      {cut > 0 && <p className={styles.wrong}>{t.cut(cut)}</p>}
      {running ? null : (
        <>
          <fieldset className={styles.checks}>
            <legend>{t.show}</legend>
            {own.map((metric) => (
              <label key={metric} title={t.metrics[metric][1]}>
                <input
                  type="checkbox"
                  checked={!hidden.has(metric)}
                  onChange={({ target }) => {
                    const next = new Set(hidden)
                    if (target.checked) next.delete(metric)
                    else next.add(metric)
                    setHidden(next)
                  }}
                />
                {t.metrics[metric][0]}
              </label>
            ))}
          </fieldset>
          <Scores result={result} visible={visible} />
          {own.includes('ece') && <Calibration result={result} />}
          <p className={styles.actions}>
            <Button icon="download" onClick={() => save('evaluation.jsonl', rowsAsJsonl(result), 'application/jsonl')}>
              {t.save.jsonl}
            </Button>
            <Button icon="download" onClick={() => save('evaluation.csv', rowsAsTable(result), 'text/csv')}>
              {t.save.csv}
            </Button>
          </p>
        </>
      )}
      <Rows result={result} own={own} />
    </section>
  )
}

function Scores({ result, visible }: { result: EvalResult; visible: readonly Metric[] }) {
  const t = usePanelText(words)
  const format = useFormats()
  const id = useId()
  const others = comparable(
    useResults((s) => s.results),
    result,
  )
  // of two that were compared the first stands beside the second
  const [chosen, setChosen] = useState(() => useEvaluate.getState().beside)
  const other = others.find(({ at }) => at === chosen) ?? null
  // of the kind of row of which there are fewest, here or in both of two
  const there = other && new Set(other.rows.flatMap(({ line, scored: one }) => (one ? [line] : [])))
  const counts = new Map<string, number>()
  for (const { line, scored: one } of result.rows) {
    if (one && (!there || there.has(line))) counts.set(one.kind, (counts.get(one.kind) ?? 0) + 1)
  }
  const few = counts.size > 0 ? Math.min(...counts.values()) : 0
  return (
    <>
      <h3>{t.scores}</h3>
      {others.length > 0 ? (
        <p className={styles.actions}>
          <label htmlFor={id}>{t.compare}</label>
          <select
            id={id}
            value={other?.at ?? ''}
            onChange={({ target: { value } }) => setChosen(value === '' ? null : Number(value))}
            data-testid="evaluate-compare"
          >
            <option value="">{t.nothing}</option>
            {others.map((one) => (
              <option key={one.at} value={one.at}>
                {nameOf(one, t, format)}
              </option>
            ))}
          </select>
        </p>
      ) : (
        <p className={styles.note}>{t.noOther}</p>
      )}
      <Table result={result} other={other} visible={visible} />
      <p className={styles.note}>{t.intervalHint}</p>
      {few > 0 && few < enough && (
        // of n rows that are all right: the lowest share under which that comes about in one of twenty sets
        <p className={styles.note} data-testid="evaluate-few">
          {t.few(format.number(few), format.percent(0.05 ** (1 / few)))}
        </p>
      )}
    </>
  )
}

interface TableProps {
  result: EvalResult
  other: EvalResult | null
  visible: readonly Metric[]
}

/** Each score takes thousands of resamples: they are made once. */
function Table({ result, other, visible }: TableProps) {
  const t = usePanelText(words)
  const format = useFormats()
  const table = useMemo(() => {
    const all = scoredOf(result)
    const then = other && new Map(other.rows.map((row) => [row.line, row.scored]))
    const pairs = result.rows.flatMap((row): [Scored, Scored][] => {
      const before = then?.get(row.line)
      return before && row.scored ? [[before, row.scored]] : []
    })
    return visible.flatMap((metric) => {
      const score = scored(metric, all)
      if (!score) return []
      return [
        { metric, score, before: other && scored(metric, scoredOf(other)), by: other && difference(metric, pairs) },
      ]
    })
  }, [result, other, visible])
  const range = (metric: Metric, { low, high }: { low: number; high: number }): string =>
    `${scoreText(metric, low, format)} – ${scoreText(metric, high, format)}`
  return (
    <div className={styles.scroll} tabIndex={0} role="region" aria-label={t.scores}>
      <table className={styles.scores} data-testid="evaluate-scores">
        <thead>
          <tr>
            <th scope="col">{t.metric}</th>
            <th scope="col">{t.value}</th>
            <th scope="col">{t.interval}</th>
            <th scope="col">{t.n}</th>
            {other && <th scope="col">{t.other}</th>}
            {other && <th scope="col">{t.difference}</th>}
          </tr>
        </thead>
        <tbody>
          {table.map(({ metric, score, before, by }) => (
            <tr key={metric} data-metric={metric} data-value={score.value}>
              <th scope="row">
                {t.metrics[metric][0]}
                <small>{t.metrics[metric][1]}</small>
              </th>
              <td>
                <b>{scoreText(metric, score.value, format)}</b>
              </td>
              <td>{range(metric, score.interval)}</td>
              <td>{format.number(score.n)}</td>
              {other && <td>{before ? scoreText(metric, before.value, format) : '–'}</td>}
              {other && (
                <td data-difference={by?.value}>
                  {by ? (
                    <>
                      {differenceText(metric, by.value, format, t.points)}
                      <small>
                        {[by.interval.low, by.interval.high]
                          .map((end) => differenceText(metric, end, format, ''))
                          .join(' – ')}
                      </small>
                      {by.n !== score.n || by.n !== before?.n ? <small> {t.shared(format.number(by.n))}</small> : null}
                    </>
                  ) : (
                    '–'
                  )}
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Calibration({ result }: { result: EvalResult }) {
  const t = usePanelText(words)
  const format = useFormats()
  const { bins } = calibrationOf(scoredOf(result).flatMap((row) => (row.kind === 'choice' ? [row] : [])))
  return (
    <details>
      <summary>{t.calibration}</summary>
      <table className={styles.scores}>
        <thead>
          <tr>
            <th scope="col">{t.calibration}</th>
            <th scope="col">{t.n}</th>
            <th scope="col">{t.sure}</th>
            <th scope="col">{t.right}</th>
          </tr>
        </thead>
        <tbody>
          {bins.map(({ n, sure, right }, i) => (
            <tr key={i}>
              <th scope="row">{t.bin(format.percent(i / 10), format.percent((i + 1) / 10))}</th>
              <td>{n}</td>
              <td>{n ? format.percent(sure) : '–'}</td>
              <td>{n ? format.percent(right) : '–'}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  )
}
