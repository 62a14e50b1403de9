// One number, taken apart: what went in, term by term, what the terms add up to, and the number the run has.

import { useEffect, useRef, useState } from 'react'
import { useExplain } from '../../i18n/index.tsx'
import { useAsk } from '../../store/ask.ts'
import { useInspect } from '../../store/inspect.ts'
import { Button } from '../../ui/Button.tsx'
import { Figure } from '../../ui/Figure.tsx'
import { Sums } from './Card.tsx'
import styles from './Cards.module.css'
import { operandsOf, type Operands, type Term } from './operands.ts'
import { largest } from './read.ts'
import { num, useRun } from './run.ts'
import { arrayOf } from './strip-draw.ts'
import { useView } from './view.ts'

const few = 8,
  many = 40

export function CellCard() {
  const { info, t, common, layer, head, position, plan, views, source, part, op: now, box: here } = useRun()
  const { cell, set } = useView()
  const explain = useExplain()
  const edited = useInspect((s) => s.edits.length > 0)
  const [more, setMore] = useState(false)
  const asked = cell && here.vectors.some(({ name }) => name === cell.vector) && position >= info.kept ? cell : null
  const answer = useAsk(
    asked && `cell ${part} ${now} ${layer} ${head} ${position} ${asked.vector} ${asked.index}`,
    async (glass) => ({
      ...(await operandsOf(glass, info, plan, { part, op: now, layer, head, position }, asked!.vector, asked!.index)),
      vector: asked!.vector,
      index: asked!.index,
    }),
  )
  const box = useRef<HTMLDivElement>(null)
  const which = asked && `${asked.vector} ${asked.index}`
  useEffect(() => {
    if (which !== null) {
      box.current?.scrollIntoView({
        block: 'nearest',
        behavior: matchMedia('(prefers-reduced-motion: reduce)').matches ? 'auto' : 'smooth',
      })
    }
  }, [which])
  if (!asked) return null
  const name = `${t.vectors[asked.vector as keyof typeof t.vectors] ?? asked.vector}[${asked.index}]`
  const keys = part === 'cross' ? source.views : views
  const data = answer.data
  const off = data ? Math.abs(data.result - data.value) : 0
  const label = (term: Term): string =>
    term.name === 'embed'
      ? t.part.embed
      : term.name === 'since' || term.name === 'onto'
        ? t.cell[term.name](t.layer(term.at))
        : term.name !== undefined && term.name in t.part
          ? `${t.layer(term.at)} ${t.part[term.name as keyof typeof t.part]}`
          : (term.name ??
            (now === 'attention' && asked.vector !== 'scores'
              ? `${term.at} ${keys[term.at]?.label ?? ''}`
              : String(term.at)))
  return (
    <div
      ref={box}
      className={styles.wide}
      data-testid="inside-cell"
      data-fresh={answer.fresh}
      data-vector={asked.vector}
      data-index={asked.index}
    >
      <Figure
        title={t.cell.title(name)}
        words={common.figure}
        source={info.source}
        caption={t.cell.caption}
        tools={<Button variant="quiet" icon="close" label={t.cell.close} onClick={() => set({ cell: null })} />}
        files={
          data
            ? {
                name: `inside-cell-${layer}-${position}-${asked.vector}-${asked.index}`,
                numbers: () => ({ model: info.model, layer, head, position, ...data }),
                array: () => arrayOf([data.terms.map((x) => x.product)]),
              }
            : undefined
        }
      >
        <p className="visually-hidden" aria-live="polite">
          {data && answer.fresh ? `${name} = ${num(data.value)}` : ''}
        </p>
        {!data && (
          <p className={styles.note}>
            {answer.error ? (info.source === 'recording' ? t.cell.notRecorded : explain(answer.error).text) : t.wait}
          </p>
        )}
        {data && (
          <>
            {data.of && <Terms data={data} label={label} count={more ? many : few} />}
            {data.of && data.terms.length > few && (
              <Button variant="quiet" onClick={() => setMore(!more)}>
                {more ? t.cell.fewer : t.cell.more(Math.min(many, data.terms.length))}
              </Button>
            )}
            <Sums
              rows={[
                ...(data.sum === null
                  ? []
                  : [
                      {
                        name: t.cell.sum(data.terms.length),
                        value: num(data.sum),
                        exact: data.sum,
                        testId: 'cell-sum',
                      },
                    ]),
                ...data.steps.map((step) => ({
                  name: t.cell.steps[step.kind],
                  value: num(step.value),
                  exact: step.value,
                })),
                { name: <b>{name}</b>, value: <b>{num(data.result)}</b>, exact: data.result, testId: 'cell-result' },
                { name: t.cell.run, value: num(data.value), exact: data.value, testId: 'cell-value' },
              ]}
            />
            {edited && off > 1e-3 * Math.max(1, Math.abs(data.value)) && <p className={styles.note}>{t.cell.edited}</p>}
            {data.weight && (
              <Button
                variant="quiet"
                onClick={() => {
                  set({
                    weight: {
                      ...data.weight!,
                      col: data.of
                        ? (largest(
                            data.terms.map((x) => x.product),
                            1,
                          )[0] ?? 0)
                        : asked.index,
                    },
                  })
                  document.querySelector('[data-testid="inside-weight"]')?.scrollIntoView({ block: 'center' })
                }}
                data-testid="cell-weight"
              >
                {t.cell.weight(data.weight.row)}
              </Button>
            )}
          </>
        )}
      </Figure>
    </div>
  )
}

/** The terms that matter most, and all others as one row. */
function Terms({
  data,
  label,
  count,
}: {
  data: Operands & { index: number }
  label: (term: Term) => string
  count: number
}) {
  const { t } = useRun()
  const set = useView((s) => s.set)
  const top = largest(
    data.terms.map((x) => (Number.isNaN(x.product) ? 0 : x.product)),
    count,
  ).map((i) => data.terms[i]!)
  const max = Math.max(1e-30, ...top.map((x) => Math.abs(x.product))),
    rest = data.terms.length - top.length
  const two = data.of![1] !== ''
  const [a, b] = data.of!.map((name) => t.cell.names[name as keyof typeof t.cell.names] ?? name) as [string, string]
  return (
    <table className={styles.rows} data-testid="cell-terms">
      <thead>
        <tr>
          <th scope="col">{t.cell.index}</th>
          <th scope="col">{a}</th>
          {two && <th scope="col">{b}</th>}
          <th scope="col">{two ? t.cell.product : t.cell.adds}</th>
        </tr>
      </thead>
      <tbody>
        {top.map((x) => (
          <tr key={`${x.name} ${x.at}`}>
            <th scope="row">
              {data.weight ? (
                <button type="button" onClick={() => set({ weight: { ...data.weight!, col: x.at } })}>
                  {label(x)}
                </button>
              ) : (
                label(x)
              )}
            </th>
            <td>{num(x.a)}</td>
            {two && <td>{x.b === null ? '' : num(x.b)}</td>}
            <td>
              <span
                className={styles.bar}
                data-sign={x.product < 0 ? 'minus' : 'plus'}
                style={{ inlineSize: `${(70 * Math.abs(x.product)) / max}%` }}
              />
              <b>{num(x.product)}</b>
            </td>
          </tr>
        ))}
        {rest > 0 && (
          <tr>
            <th scope="row">{t.cell.others(rest)}</th>
            <td>–</td>
            {two && <td>–</td>}
            <td>
              {num(
                data.terms.reduce((s, x) => s + (Number.isNaN(x.product) ? 0 : x.product), 0) -
                  top.reduce((s, x) => s + x.product, 0),
              )}
            </td>
          </tr>
        )}
      </tbody>
    </table>
  )
}
