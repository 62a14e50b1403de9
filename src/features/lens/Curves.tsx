// How one token came to be said: its probability and rank after every layer, and who pushed it.

import { useMemo } from 'react'
import { useExplain } from '../../i18n/index.tsx'
import { useAsk } from '../../store/ask.ts'
import { useInspect, type Contributions } from '../../store/inspect.ts'
import { Drawing } from '../../ui/Drawing.tsx'
import { Figure } from '../../ui/Figure.tsx'
import { themeColor } from '../../ui/theme-color.ts'
import { TokenChip } from '../../ui/TokenChip.tsx'
import { useScheme } from '../../ui/useScheme.ts'
import { useLatest } from '../../ui/useLatest.ts'
import { curves, layerAt, type CurveData } from './curves-draw.ts'
import styles from './Curves.module.css'
import { Heads } from './Heads.tsx'
import { firstLayer, layersOf, settledAt, targetId, targetText, valueOf, type Column } from './read.ts'
import { candidateView, useColumnsHere, useRun } from './run.ts'
import { useView } from './view.ts'

/** @param column the residual's column of the selected position, whatever part the grid shows */
export function Curves({ column }: { column: Column | null }) {
  const { info, tokens, views, t, common, noParts, position, layer, layerName, choose, percent, format } = useRun()
  const { error: unread } = useColumnsHere()
  const explain = useExplain()
  const { target } = useView()
  const writing = useInspect((s) => s.writing)
  const scheme = useScheme()
  const id = column && targetId(target, column)
  const text = id == null || !column ? null : targetText(target, id, column)
  const parts = useAsk(
    noParts || id == null || writing || position < info.kept ? null : `parts ${position} ${id}`,
    (glass) => glass.contributions(position, id!),
  )
  const known = parts.fresh && parts.data?.target === id ? parts.data : null

  const rows = useMemo(() => layersOf(info, 'resid'), [info])
  const data: CurveData | null = useMemo(() => {
    if (!column || id == null) return null
    const values = rows.map((l) => {
      const cell = column.cells.find((c) => c.layer === l)
      return cell ? valueOf(cell, id) : null
    })
    return {
      rows,
      p: values.map((v) => v?.p ?? NaN),
      rank: values.map((v) => v?.rank ?? NaN),
      vocab: info.vocab,
      parts: known,
      selected: layer,
    }
  }, [column, id, info, rows, known, layer])
  const paint = (name: string) => themeColor(name, scheme)
  const draw = useLatest(data && ((w: number) => curves(w, data, paint, t.curves)))
  const settled = column && id != null ? settledAt(column.cells, id) : null
  return (
    <>
      <Figure
        title={t.curves.title}
        words={common.figure}
        source={info.source}
        caption={noParts ? t.curves.captionBare : t.curves.caption}
        testId="lens-curves"
        files={
          data
            ? {
                name: `lens-curves-${position}-${id}`,
                of: common.strip.token(position),
                drawing: () => draw.current!(760),
                numbers: () => ({
                  model: info.model,
                  position,
                  target: id,
                  text,
                  p: data.p,
                  rank: data.rank,
                  contributions: known,
                }),
                array: () => ({ shape: [2, data.p.length], data: Float32Array.from([...data.p, ...data.rank]) }),
              }
            : undefined
        }
      >
        {id != null && text !== null && column ? (
          <p className={styles.sentence} data-testid="lens-sentence">
            <TokenChip view={views[position]!} special={tokens[position]!.special} /> →{' '}
            <TokenChip view={candidateView(id, text)} selected />
            <span>{settled === null ? t.curves.never : t.curves.settled(layerName(settled))}</span>
            {known && <Pushes parts={known} />}
          </p>
        ) : (
          <p className={styles.sentence}>{column ? t.curves.noTarget : unread === null && t.check.wait}</p>
        )}
        {data && (
          <Drawing
            draw={(w) => curves(w, data, paint, t.curves)}
            label={t.curves.label}
            pointer
            onPick={({ x }) =>
              choose(
                layerAt(x, document.querySelector<HTMLElement>('[data-testid="lens-curve"]')?.clientWidth ?? 600, rows),
                position,
              )
            }
            testId="lens-curve"
          />
        )}
        {known && (
          <p className={styles.sum} data-testid="lens-sum" data-logit={known.logit} data-sum={total(known)}>
            {t.curves.sum(push(total(known)), push(known.logit))}
          </p>
        )}
        {noParts ? (
          <p className={styles.sum} data-testid="lens-no-parts">
            {t.curves.noParts(explain(noParts).text)}
          </p>
        ) : (
          parts.error && (
            <p className={styles.sum}>{info.source === 'recording' ? t.curves.missing : explain(parts.error).text}</p>
          )
        )}
        {data && (
          <details className={styles.numbers}>
            <summary>{t.curves.table}</summary>
            <div className={styles.scroll} tabIndex={0} role="region" aria-label={t.curves.table}>
              <table>
                <thead>
                  <tr>
                    <th scope="col">{t.layer}</th>
                    <th scope="col">{t.curves.p}</th>
                    <th scope="col">{t.curves.rank}</th>
                    <th scope="col">{t.curves.attn}</th>
                    {known?.cross && <th scope="col">{t.curves.cross}</th>}
                    <th scope="col">{t.curves.mlp}</th>
                  </tr>
                </thead>
                <tbody>
                  {data.p.map((p, i) => (
                    <tr key={i}>
                      <th scope="row">{layerName(rows[i]!)}</th>
                      <td>{Number.isNaN(p) ? '–' : percent(p)}</td>
                      <td>{Number.isNaN(data.rank[i]!) ? '–' : format.number(data.rank[i]!)}</td>
                      <td>{known ? push(i === 0 ? known.embed : known.attn[rows[i]!]!) : '–'}</td>
                      {known?.cross && <td>{i > 0 ? push(known.cross[rows[i]!]!) : '–'}</td>}
                      <td>{known && i > 0 ? push(known.mlp[rows[i]!]!) : '–'}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          </details>
        )}
      </Figure>
      {known && <Heads parts={known} text={text ?? ''} />}
    </>
  )
}

const sum = (list: ArrayLike<number> = []): number => Array.from(list).reduce((a, b) => a + b, 0)
const total = (c: Contributions): number => c.embed + sum(c.attn) + sum(c.cross) + sum(c.mlp) + c.bias
/** What rounds to nothing has no sign. */
const push = (v: number): string => (Math.round(v * 1000) / 1000 + 0).toFixed(3)
const signed = (v: number): string => `${v < 0 ? '−' : '+'}${Math.abs(v).toFixed(2)}`

/** Who pushed most, and who held it back most. */
function Pushes({ parts }: { parts: Contributions }) {
  const { t, info } = useRun()
  const all = [
    ...(['attn', 'cross', 'mlp'] as const).flatMap((part) =>
      Array.from(parts[part] ?? [], (v, l) => ({ name: `L${l} ${t.curves[part]}`, v })).slice(firstLayer(info)),
    ),
    { name: t.curves.embed, v: parts.embed },
  ].sort((a, b) => b.v - a.v)
  const max = all[0]!,
    min = all.at(-1)!
  return (
    <>
      <span>· {t.curves.biggest(max.name, signed(max.v))}</span>
      {min.v < 0 && <span>· {t.curves.against(min.name, signed(min.v))}</span>}
    </>
  )
}
