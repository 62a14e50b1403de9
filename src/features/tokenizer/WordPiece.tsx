// Longest match first: a window over the word that shrinks from the right until its text is in the vocabulary.

import { useCallback } from 'react'
import { usePanelText } from '../../i18n/panels/index.ts'
import { tokenizer as words } from '../../i18n/panels/tokenizer.ts'
import { shown } from './pieces.ts'
import { Stepper } from './Stepper.tsx'
import type { Word } from './word.ts'
import styles from './Steps.module.css'
import { useView } from './view.ts'
import { Pager, usePage } from './Window.tsx'

export function WordPiece({ word }: { word: Word }) {
  const { steps: t, page: pages } = usePanelText(words)
  const { step: wanted, set } = useView()
  const onStep = useCallback((next: number) => set({ step: next }), [set])
  const { tries, unknown } = word.wordPiece!
  const step = Math.min(wanted, tries.length)
  const now = tries[step - 1]
  const page = usePage(word.symbols.length, 100, now?.start ?? 0)
  const rows = usePage(tries.length, 100, Math.max(0, step - 1))
  const taken = tries.slice(0, step).filter((x) => x.found)
  return (
    <>
      <Stepper step={step} steps={tries.length} onStep={onStep} />
      <Pager page={page} label={pages.pieces} />
      <p className={styles.pieces} data-testid="wordpiece-window">
        {word.symbols.slice(page.from, page.to).map((symbol, n) => {
          const i = page.from + n
          const done = taken.findIndex((x) => i >= x.start && i < x.end)
          return (
            <span
              key={i}
              className={styles.letter}
              data-in={now !== undefined && i >= now.start && i < now.end}
              data-found={now?.found}
              data-done={done < 0 ? undefined : done % 2}
            >
              {shown(symbol)}
            </span>
          )
        })}
      </p>
      <p className={styles.line} role="status">
        {now ? (
          <>
            {t.try(now.text)} <b>{now.found ? t.yes : t.no}</b>
          </>
        ) : (
          t.start
        )}
        {step === tries.length && unknown && ` ${t.unknown}`}
      </p>
      <details className={styles.details} open={tries.length <= 12}>
        <summary>{t.tries}</summary>
        <Pager page={rows} label={pages.rows} />
        <div className={styles.scroll} tabIndex={0} role="region" aria-label={t.tries}>
          <table>
            <thead>
              <tr>
                <th scope="col">{t.number}</th>
                <th scope="col">{t.piece}</th>
                <th scope="col">{t.found}</th>
              </tr>
            </thead>
            <tbody>
              {tries
                .slice(rows.from, rows.to)
                .map((x, n) => [x, rows.from + n] as const)
                .map(([x, i]) => (
                  <tr key={i} data-on={i === step - 1}>
                    <th scope="row">
                      <button type="button" onClick={() => onStep(i + 1)}>
                        {i + 1}
                      </button>
                    </th>
                    <td>{x.text}</td>
                    <td>{x.found ? '✓' : '–'}</td>
                  </tr>
                ))}
            </tbody>
          </table>
        </div>
      </details>
    </>
  )
}
