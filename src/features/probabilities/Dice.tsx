// The draw, laid out: every token that is left as wide as its chance, and the number that the run drew as a needle.

import { useAsk } from '../../store/ask.ts'
import type { SamplingParams, SamplingView } from '../../store/index.ts'
import { Button } from '../../ui/Button.tsx'
import { Figure } from '../../ui/Figure.tsx'
import { tokenLabel } from '../../ui/tokens.ts'
import { useScheme } from '../../ui/useScheme.ts'
import styles from './Dice.module.css'
import { drawDice } from './figures.ts'
import { keyOf, onBar, type Pipeline } from './pipeline.ts'
import { useRun } from './run.ts'
import { useSettings } from './settings.ts'

/** Listed tokens are the best for sure up to here: what the engine was asked for. */
export const listed = 40

export function Dice({ view, read, params }: { view: SamplingView; read: Pipeline; params: SamplingParams }) {
  const { t, common, info, percent, place, position, format } = useRun()
  const { throws, set } = useSettings()
  const seed = params.seed + throws
  const thrown = useAsk(
    throws === 0 || params.temperature === 0 ? null : `throw ${position} ${seed} ${keyOf(params)}`,
    (glass) => glass.draws(position, params, 1, seed),
  )
  const scheme = useScheme()
  const bar = onBar(view.rows, listed)
  const rest = read.kept - bar.length
  const end = bar.at(-1)?.to ?? 0
  const drawn = view.draw ?? (view.position === position ? place?.draw : null) ?? null
  const u = params.temperature === 0 ? null : drawn
  const under = u === null ? null : (bar.find((row) => u < row.to) ?? null)
  const came = view.chosen === null ? null : (view.rows.find((row) => row.id === view.chosen)?.text ?? null)
  const landed = throws > 0 ? thrown.data?.counts[0] : undefined
  const fell = landed ? (thrown.data?.uniforms[0] ?? null) : null
  const words =
    params.temperature === 0
      ? t.dice.argmax
      : u === null
        ? view.chosen === null
          ? t.dice.toCome
          : t.dice.none
        : [
            t.dice.drew(u.toFixed(6)),
            under === null
              ? t.dice.tail
              : under.id === view.chosen
                ? t.dice.falls(tokenLabel(under.text))
                : came === null
                  ? t.dice.falls(tokenLabel(under.text))
                  : t.dice.other(tokenLabel(under.text), tokenLabel(came)),
          ].join(' ')
  return (
    <Figure
      title={t.dice.title}
      words={common.figure}
      source={info.source}
      caption={t.dice.caption}
      testId="dice"
      files={{
        name: `dice-${view.position}`,
        of: common.strip.token(view.position),
        numbers: () => ({
          model: info.model,
          settings: params,
          draw: u,
          thrown: landed ? { seed, u: fell, id: landed.id } : null,
          bar: bar.map(({ id, text, from, to }) => ({ id, text, from, to })),
          rest,
        }),
        array: () => ({
          shape: [bar.length, 3],
          data: Float64Array.from(bar.flatMap(({ id, from, to }) => [id, from, to])),
        }),
        drawing: () =>
          drawDice(
            bar,
            rest > 0 ? { count: t.dice.rest(rest), from: end } : null,
            [
              ...(u === null ? [] : [{ u, name: `u = ${u.toFixed(4)}` }]),
              ...(fell === null ? [] : [{ u: fell, name: fell.toFixed(4) }]),
            ],
            view.chosen,
            scheme,
          ),
      }}
      tools={
        <Button
          variant="quiet"
          icon="retry"
          data-testid="throw"
          disabled={params.temperature === 0}
          onClick={() => set({ throws: throws + 1 })}
        >
          {t.dice.again}
        </Button>
      }
    >
      <div className={styles.dice} data-u={u ?? ''} data-under={under?.id ?? ''} data-landed={landed?.id ?? ''}>
        {u !== null && (
          <span className={styles.needle} style={{ insetInlineStart: `${u * 100}%` }} aria-hidden="true">
            <b data-end={u > 0.85}>u = {u.toFixed(4)}</b>
          </span>
        )}
        {fell !== null && (
          <span
            className={`${styles.needle} ${styles.thrown}`}
            data-u={fell}
            data-testid="thrown"
            style={{ insetInlineStart: `${fell * 100}%` }}
            aria-hidden="true"
          />
        )}
        <div
          className={styles.bar}
          role="img"
          aria-label={`${t.dice.bar(read.kept)}: ${bar
            .slice(0, 5)
            .map((row) => `${tokenLabel(row.text)} ${percent(row.probability)}`)
            .join(', ')}`}
        >
          {bar.map((row, i) => (
            <span
              key={row.id}
              className={styles.part}
              data-odd={i % 2 === 1}
              data-came={row.id === view.chosen}
              data-landed={row.id === landed?.id}
              style={{ width: `${row.probability * 100}%` }}
              title={`${tokenLabel(row.text)} · ${percent(row.probability)} · ${row.from.toFixed(4)} … ${row.to.toFixed(4)}`}
            >
              {row.probability > 0.045 && <i>{tokenLabel(row.text)}</i>}
            </span>
          ))}
          {rest > 0 && (
            <span
              className={styles.rest}
              style={{ width: `${(1 - end) * 100}%` }}
              title={`${t.dice.rest(rest)} · ${percent(1 - end)}`}
            >
              {1 - end > 0.16 && <i>{t.dice.rest(rest)}</i>}
            </span>
          )}
        </div>
        <div className={styles.scale} aria-hidden="true">
          <span>0</span>
          <span>{format.number(0.5, 1)}</span>
          <span>1</span>
        </div>
      </div>
      <p className={styles.words} role="status">
        {words}
        {landed && (
          <>
            {' '}
            <span className={styles.landed}>{t.dice.threw(tokenLabel(landed.text), seed)}</span>
          </>
        )}
      </p>
      <details className={styles.numbers}>
        <summary>{t.sweep.table}</summary>
        <div className={styles.scroll} role="region" aria-label={t.dice.title} tabIndex={0}>
          <table>
            <thead>
              <tr>
                <th scope="col">{t.stage.token}</th>
                <th scope="col">{t.sweep.y}</th>
                <th scope="col">{t.dice.from}</th>
                <th scope="col">{t.dice.to}</th>
              </tr>
            </thead>
            <tbody>
              {bar.map((row) => (
                <tr key={row.id}>
                  <th scope="row">{tokenLabel(row.text)}</th>
                  <td>{percent(row.probability)}</td>
                  <td>{row.from.toFixed(4)}</td>
                  <td>{row.to.toFixed(4)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </details>
    </Figure>
  )
}
