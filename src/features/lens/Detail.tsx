// One cell in words and numbers: its ten likeliest tokens, how sure it is, how far from the end, and where the target
// stands.

import { drawBars } from '../../ui/bars.ts'
import { Figure } from '../../ui/Figure.tsx'
import { TokenChip } from '../../ui/TokenChip.tsx'
import { tokenLabel } from '../../ui/tokens.ts'
import { useScheme } from '../../ui/useScheme.ts'
import styles from './Detail.module.css'
import { entropyBits, klBits, targetId, valueOf } from './read.ts'
import { candidateView, useColumnsHere, useRun } from './run.ts'
import { useView, type CellRef } from './view.ts'

export function Detail({ asked }: { asked: CellRef | null }) {
  const { info, tokens, views, t, common, layer, position, layerName, percent, format } = useRun()
  const { at, error } = useColumnsHere()
  const { hover, target, part, set } = useView()
  const scheme = useScheme()
  const here = hover ?? { layer, position }
  const column = at(here.position)
  const cell = column?.cells.find((c) => c.layer === here.layer)
  const wanted = column && targetId(target, column)
  const value = cell && wanted != null ? valueOf(cell, wanted) : null
  const hidden = asked?.position === here.position
  const best = cell ? Math.exp(cell.top[0]!.logprob) : 1
  return (
    <Figure
      title={t.detail.title}
      words={common.figure}
      source={info.source}
      testId="lens-detail"
      caption={hidden ? undefined : t.detail.hint}
      files={
        cell && !hidden
          ? {
              name: `lens-${here.layer}-${here.position}`,
              numbers: () => ({ model: info.model, part, read: tokens[here.position]!.text, ...cell }),
              array: () => ({
                shape: [cell.top.length, 2],
                data: Float64Array.from(cell.top.flatMap((c) => [c.id, Math.exp(c.logprob)])),
              }),
              drawing: () =>
                drawBars(
                  t.after(views[here.position]!.label, layerName(here.layer)),
                  [t.detail.p],
                  cell.top.map((c) => ({
                    name: tokenLabel(c.text),
                    bars: [
                      {
                        fraction: Math.exp(c.logprob),
                        value: percent(Math.exp(c.logprob)),
                        colour: '--role-attention',
                      },
                    ],
                  })),
                  [
                    `${t.detail.entropy} ${t.detail.bits(format.short(entropyBits(cell)))} · ${t.detail.kl} ${t.detail.bits(format.short(klBits(cell)))}`,
                  ],
                  scheme,
                ),
            }
          : undefined
      }
      tools={<span className={styles.which}>{hover ? t.detail.preview : t.detail.now}</span>}
    >
      <p className={styles.place}>
        <TokenChip view={views[here.position]!} special={tokens[here.position]!.special} selected={!hover} />{' '}
        <small>{common.strip.token(here.position)}</small> <b>{layerName(here.layer)}</b>
        {part === 'resid' && here.layer === info.layers - 1 && <small className={styles.output}>{t.output}</small>}
      </p>
      {hidden ? (
        <p className={styles.note}>{t.detail.hidden}</p>
      ) : cell ? (
        <>
          <table className={styles.table} data-layer={here.layer} data-position={here.position}>
            <thead className="visually-hidden">
              <tr>
                <th scope="col">{t.detail.token}</th>
                <th scope="col">{t.detail.p}</th>
              </tr>
            </thead>
            <tbody>
              {cell.top.map((c) => {
                const view = candidateView(c.id, c.text)
                const p = Math.exp(c.logprob)
                return (
                  <tr key={c.id} data-target={c.id === wanted} data-id={c.id} data-p={p}>
                    <th scope="row">
                      <button
                        type="button"
                        title={`${t.detail.follow(view.label)} · ${t.detail.id} ${c.id}`}
                        onClick={() => set({ target: { id: c.id, text: c.text } })}
                      >
                        <TokenChip view={view} />
                      </button>
                    </th>
                    <td>
                      <span className={styles.bar} style={{ inlineSize: `${(100 * p) / best}%` }} />
                      <output>{percent(p)}</output>
                    </td>
                  </tr>
                )
              })}
            </tbody>
          </table>
          <dl className={styles.facts}>
            <div>
              <dt>{t.detail.entropy}</dt>
              <dd>{t.detail.bits(format.short(entropyBits(cell)))}</dd>
            </div>
            <div>
              <dt>{t.detail.kl}</dt>
              <dd>{t.detail.bits(klBits(cell) < 5e-4 ? '0' : format.short(klBits(cell)))}</dd>
            </div>
            {value && (
              <div>
                <dt>{t.detail.target}</dt>
                <dd>
                  {percent(value.p)} · {t.detail.rank(format.number(value.rank))}
                </dd>
              </div>
            )}
          </dl>
        </>
      ) : (
        <p className={styles.note}>{here.position < info.kept ? t.grid.lost : error === null && t.check.wait}</p>
      )}
    </Figure>
  )
}
