// The chain as a table: a row is a token, a column is a stage, the last row is every token that is not listed.

import { Fragment } from 'react'
import { formWords } from '../../i18n/panels/form.ts'
import { usePanelText } from '../../i18n/panels/index.ts'
import { useBranches, canFork } from '../../store/branches.ts'
import { useChat, type SamplingParams, type SamplingView } from '../../store/index.ts'
import { useInspect } from '../../store/inspect.ts'
import { isBan, stages, type CutName, type ScoreName } from '../../store/stages.ts'
import { Button } from '../../ui/Button.tsx'
import { Figure } from '../../ui/Figure.tsx'
import { useScheme } from '../../ui/useScheme.ts'
import { tokenLabel } from '../../ui/tokens.ts'
import { drawPipeline } from './draw.ts'
import { numbersOf } from './figures.ts'
import type { Pipeline as Read, Step } from './pipeline.ts'
import styles from './Pipeline.module.css'
import { useRun } from './run.ts'
import { useSettings } from './settings.ts'
import { columns, cuts, limitOf, measured, measureOf, settingOf, valueOf, type Column } from './stages.ts'

const few = 14
const order: readonly string[] = columns

export function Pipeline({ view, read, params }: { view: SamplingView; read: Read; params: SamplingParams }) {
  const run = useRun()
  const { t, common, info, percent } = run
  const { all, set } = useSettings()
  const form = usePanelText(formWords)
  const mask = read.stages.get('form')
  const scheme = useScheme()
  const rows = all ? read.rows : read.rows.slice(0, few)
  const hidden = read.rows.slice(rows.length)
  const max = Math.max(...read.rows.map((row) => row.probability), 1e-9)
  const tail = {
    count: view.tail.count + hidden.length,
    mass: view.tail.mass + hidden.reduce((sum, row) => sum + Math.exp(row.logprob), 0),
    final: view.tail.finalMass + hidden.reduce((sum, row) => sum + row.probability, 0),
  }
  const off = (column: Column): boolean => settingOf(column, params) === null
  return (
    <Figure
      title={t.table.title}
      words={common.figure}
      source={info.source}
      caption={t.table.caption}
      testId="pipeline"
      files={{
        name: `probabilities-${view.position}`,
        of: common.strip.token(view.position),
        numbers: () => ({ model: info.model, settings: params, ...view }),
        drawing: () => drawPipeline(run, view, read, params, rows, tail, scheme),
        array: () => ({ shape: [view.rows.length, 5], data: numbersOf(view) }),
      }}
      tools={
        read.rows.length > few && (
          <Button variant="quiet" onClick={() => set({ all: !all })} data-testid="more-rows">
            {all ? t.table.fewer : t.table.more}
          </Button>
        )
      }
    >
      <div className={styles.scroll} role="region" aria-label={t.table.title} tabIndex={0}>
        <table className={styles.table} data-testid="pipeline-table" data-kept={read.kept}>
          <thead>
            <tr>
              <th scope="col">{t.stage.token}</th>
              {columns.map((column) => (
                <Fragment key={column}>
                  {column === 'penalties' && mask && (
                    <th scope="col" data-column="form" data-testid="form-column">
                      {form.column}
                      <small>{form.removed(mask.removed.toLocaleString(), percent(mask.removedMass))}</small>
                    </th>
                  )}
                  <th scope="col" data-off={off(column)} data-column={column}>
                    {t.stage[column]}
                    <small>
                      {column === 'logit'
                        ? info.vocab.toLocaleString()
                        : column === 'softmax'
                          ? t.table.kept(read.kept)
                          : (settingOf(column, params) ?? t.table.off)}
                    </small>
                  </th>
                </Fragment>
              ))}
              <th>
                <span className="visually-hidden">↳</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <Row key={row.id} row={row} view={view} params={params} off={off} max={max} />
            ))}
            <tr
              className={styles.tail}
              data-testid="tail"
              data-count={tail.count}
              data-mass={tail.mass}
              data-final={tail.final}
            >
              <th scope="row">{t.table.tail(tail.count)}</th>
              <td colSpan={columns.length - 1 + (mask ? 1 : 0)}>
                {t.table.tailMass(percent(tail.mass), percent(tail.final))}
              </td>
              <Chance fraction={tail.final} max={Math.max(max, tail.final)} />
              <td>–</td>
            </tr>
          </tbody>
        </table>
      </div>
      {!mask && <FormUnknown />}
      <BranchNote />
      <Why view={view} read={read} params={params} />
    </Figure>
  )
}

function Row({
  row,
  view,
  params,
  off,
  max,
}: {
  row: Step
  view: SamplingView
  params: SamplingParams
  off: (column: Column) => boolean
  max: number
}) {
  const { t, percent, place, position } = useRun()
  const label = tokenLabel(row.text)
  const { barred } = usePanelText(formWords)
  const hasForm = view.stages.some(({ stage }) => stage === 'form')
  const isBarred = row.removedBy === 'form'
  const gone = row.removedBy === null ? Infinity : isBarred ? 0 : order.indexOf(row.removedBy)
  const chosen = view.chosen === row.id
  const byHand = params.logitBias[row.id]
  const bias = byHand === undefined || isBan(byHand) ? undefined : `${byHand > 0 ? '+' : ''}${valueOf(byHand)}`
  const words = { place: t.table.place, cumulative: t.table.sum, ratio: t.table.ratio }
  const cell = (cut: CutName) => {
    const at = order.indexOf(cut)
    if (at > gone) {
      return (
        <td key={cut} data-off={off(cut)} data-gone="true">
          {' '}
        </td>
      )
    }
    if (at === gone) {
      return (
        <td key={cut} className={styles.cut} title={t.table.out(cut)}>
          <span aria-label={t.table.out(cut)}>✕</span>
        </td>
      )
    }
    const measure = measureOf(cut),
      value = measured(cut, row)
    return (
      <td key={cut} data-off={off(cut)} title={measure && value === null ? t.table.unsure : undefined}>
        {off(cut) ? '' : measure && value !== null ? words[measure](value) : '✓'}
      </td>
    )
  }
  return (
    <tr
      data-id={row.id}
      data-logit={row.logit}
      data-logprob={row.logprob}
      data-probability={row.probability}
      data-removed={row.removedBy ?? ''}
      data-chosen={chosen}
      className={row.removedBy === null ? '' : styles.gone}
    >
      <th scope="row">
        <span className={styles.token} title={chosen ? `${label} · ${t.table.chosen}` : `${label} · id ${row.id}`}>
          {label}
        </span>
      </th>
      <td title={t.table.was(percent(Math.exp(row.logprob)))}>{valueOf(row.logit)}</td>
      {hasForm && (
        <td className={isBarred ? styles.cut : ''} title={isBarred ? barred : undefined}>
          {isBarred ? <span aria-label={barred}>✕</span> : '✓'}
        </td>
      )}
      <td
        data-off={off('penalties')}
        className={row.change < 0 ? styles.down : row.change > 0 ? styles.up : ''}
        title={
          bias !== undefined
            ? t.table.biased(bias)
            : row.change === 0
              ? undefined
              : row.change < -1000
                ? t.table.banned
                : t.table.seen
        }
        data-bias={bias}
      >
        {off('penalties') || isBarred
          ? ''
          : row.change === 0
            ? '·'
            : row.change < -1000
              ? '⊘'
              : `${row.change > 0 ? '▲' : '▼'} ${valueOf(row.penalized)}`}
      </td>
      {gone === order.indexOf('temperature') ? (
        <td className={styles.cut}>
          <span aria-label={t.table.out(t.stage.temperature)}>✕</span>
        </td>
      ) : (
        <td data-off={off('temperature')}>{isBarred ? '' : valueOf(row.scaled)}</td>
      )}
      {cuts.map(cell)}
      <Chance fraction={row.probability} max={max} />
      <td className={styles.act}>
        {place && !chosen && !isBarred && view.position === position && (
          <BranchButton token={{ id: row.id, text: row.text }} label={label} />
        )}
      </td>
    </tr>
  )
}

function Chance({ fraction, max }: { fraction: number; max: number }) {
  const { percent } = useRun()
  return (
    <td className={styles.chance}>
      <span className={styles.bar} style={{ width: `${(fraction / max) * 100}%` }} aria-hidden="true" />
      <output>{fraction > 0 ? percent(fraction) : '–'}</output>
    </td>
  )
}

/** Why a branch cannot be made here, or null. */
function useRefusal(): string | null {
  const { t, place, answerFrom, position } = useRun()
  const idle = useChat((s) => s.status === 'idle')
  const edits = useInspect((s) => s.edits.length)
  if (!idle) return t.branch.busy
  if (edits > 0) return t.branch.edited
  if (answerFrom !== null && position < answerFrom) return t.branch.question
  return place && canFork(place.messageId) ? null : t.branch.old
}

function BranchButton({ token, label }: { token: { id: number; text: string }; label: string }) {
  const { t, place } = useRun()
  const refusal = useRefusal()
  const fork = useBranches((s) => s.fork)
  return (
    <button
      type="button"
      data-live
      className={styles.branch}
      aria-label={t.table.branch(label)}
      title={refusal ?? t.table.branch(label)}
      disabled={refusal !== null}
      data-testid="branch"
      onClick={() => void fork(place!.messageId, place!.index, token)}
    >
      ↳
    </button>
  )
}

/** An answer of an earlier visit, or another version: what its form allowed here is not kept. */
function FormUnknown() {
  const { place } = useRun()
  const { unknown } = usePanelText(formWords)
  const isFormed = useChat((s) => s.messages.some(({ id, form }) => id === place?.messageId && form !== undefined))
  return isFormed ? (
    <p className={styles.note} role="note" data-testid="form-unknown">
      {unknown}
    </p>
  ) : null
}

function BranchNote() {
  const { t } = useRun()
  return (
    <p className={styles.note} data-live>
      {useRefusal() ?? t.branch.how}
    </p>
  )
}

/** One sentence for each stage, with this run's numbers in it. */
function Why({ view, read, params }: { view: SamplingView; read: Read; params: SamplingParams }) {
  const { t, info, percent } = useRun()
  const best = Math.exp(Math.max(...view.rows.map((row) => row.logprob)))
  const form = usePanelText(formWords)
  const mask = read.stages.get('form')
  const { temperature } = params
  const banned = Object.values(params.logitBias).filter(isBan).length
  const changed = read.rows.filter((row) => row.change !== 0).length
  const biased = Object.values(params.logitBias).filter((amount) => !isBan(amount)).length
  const scores = stages
    .filter(({ kind, name }) => kind === 'score' && read.stages.has(name))
    .map(({ name }) => t.why.score[name as ScoreName](changed, banned, biased))
  const lines: [string, string][] = [
    [t.stage.logit, t.why.logit(info.vocab, percent(best))],
    ...(mask
      ? [
          [
            form.column,
            form.why(mask.removed.toLocaleString(), percent(mask.removedMass), mask.kept.toLocaleString()),
          ] as [string, string],
        ]
      : []),
    [t.stage.penalties, scores.join(' ') || t.why.scoresOff],
    [
      t.stage.temperature,
      temperature === 0
        ? t.why.temperatureZero
        : temperature === 1
          ? t.why.temperatureOne
          : t.why.temperature(String(temperature), temperature < 1),
    ],
    ...cuts.map((cut): [string, string] => {
      const report = read.stages.get(cut)
      return [
        t.stage[cut],
        report ? t.why.cut[cut](limitOf(cut, params), report.kept, percent(report.removedMass)) : t.why.off,
      ]
    }),
    [t.stage.softmax, t.why.softmax(read.kept)],
    [t.stage.draw, temperature === 0 ? t.why.temperatureZero : t.why.draw],
  ]
  return (
    <details className={styles.why} open>
      <summary>{t.table.whyTitle}</summary>
      <ol>
        {lines.map(([name, text]) => (
          <li key={name}>
            <b>{name}</b> {text}
          </li>
        ))}
      </ol>
    </details>
  )
}
