// Unigram: every piece that fits, and the path with the highest sum.

import { usePanelText } from '../../i18n/panels/index.ts'
import { tokenizer as words } from '../../i18n/panels/tokenizer.ts'
import { Drawing } from '../../ui/Drawing.tsx'
import { themeColor } from '../../ui/theme-color.ts'
import { useScheme } from '../../ui/useScheme.ts'
import { drawn, lattice } from './lattice-draw.ts'
import { shown } from './pieces.ts'
import type { Word } from './word.ts'
import styles from './Steps.module.css'
import { Pager, usePage } from './Window.tsx'

export function Lattice({ word }: { word: Word }) {
  const { steps: t, page: pages } = usePanelText(words)
  const scheme = useScheme()
  const trace = word.unigram!
  const onPath = new Set(trace.path.map((e) => `${e.start} ${e.end}`))
  const rows = usePage(trace.edges.length, 100)
  const arcs = drawn(trace).length
  return (
    <>
      <div className={styles.lattice}>
        <div style={{ minWidth: `${word.symbols.length * 1.1}rem` }}>
          <Drawing
            draw={(w) => lattice(w, word.symbols.map(shown), trace, (name) => themeColor(name, scheme))}
            label={t.lattice}
            testId="lattice"
          />
        </div>
      </div>
      <p className={styles.line}>
        <b data-testid="lattice-score">{t.sum(trace.score.toFixed(3))}</b>{' '}
        {arcs < trace.edges.length && t.few(arcs, trace.edges.length)}
      </p>
      <details className={styles.details}>
        <summary>{t.edges}</summary>
        <Pager page={rows} label={pages.rows} />
        <div className={styles.scroll} tabIndex={0} role="region" aria-label={t.edges}>
          <table>
            <thead>
              <tr>
                <th scope="col">{t.piece}</th>
                <th scope="col">{t.from}</th>
                <th scope="col">{t.to}</th>
                <th scope="col">{t.score}</th>
                <th scope="col">{t.path}</th>
              </tr>
            </thead>
            <tbody>
              {trace.edges.slice(rows.from, rows.to).map((e, i) => (
                <tr key={i} data-on={onPath.has(`${e.start} ${e.end}`)}>
                  <th scope="row">{shown(e.piece)}</th>
                  <td>{e.start}</td>
                  <td>{e.end}</td>
                  <td>{e.score.toFixed(3)}</td>
                  <td>{onPath.has(`${e.start} ${e.end}`) ? '✓' : ''}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </details>
    </>
  )
}
