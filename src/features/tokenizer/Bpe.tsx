// Byte-pair merges of one word: the pieces after some joins, the rank of every neighbouring pair, the next one glowing.

import { useCallback } from 'react'
import { usePanelText } from '../../i18n/panels/index.ts'
import { tokenizer as words } from '../../i18n/panels/tokenizer.ts'
import { TokenChip } from '../../ui/TokenChip.tsx'
import { viewPieces } from './pieces.ts'
import { Stepper } from './Stepper.tsx'
import type { StepProps } from './word.ts'
import styles from './Steps.module.css'
import { useLab } from './useLab.ts'
import { useView } from './view.ts'
import { Pager, usePage } from './Window.tsx'

export function Bpe({ word, facts, which, whose }: StepProps) {
  const { steps: t, page: pages } = usePanelText(words)
  const { step: wanted, set } = useView()
  const { steps } = word
  const step = Math.min(wanted, steps.length)
  const onStep = useCallback((next: number) => set({ step: next }), [set])
  const pieces = step === 0 ? word.symbols : steps[step - 1]!.pieces
  const kept = pieces.length > 0
  const next = steps[step],
    last = steps[step - 1]
  const ranks = useLab(kept && pieces.length > 1 ? `ranks ${whose} ${JSON.stringify(pieces)}` : null, (lab) =>
    lab.ranks(which, pieces),
  )
  const views = viewPieces(pieces, facts)
  const page = usePage(views.length, 100, next?.at ?? last?.at ?? 0)
  const rows = usePage(steps.length, 100, Math.max(0, step - 1))
  const label = (piece: string) => viewPieces([piece], facts)[0]!.label
  return (
    <>
      <Stepper step={step} steps={steps.length} onStep={onStep} />
      <Pager page={page} label={pages.pieces} testId="bpe-pages" />
      {kept ? (
        <p className={styles.pieces} data-testid="bpe-pieces" data-pieces={JSON.stringify(pieces)}>
          {views
            .slice(page.from, page.to)
            .map((view, n) => [view, page.from + n] as const)
            .map(([view, i]) => (
              <span key={i} className={styles.piece}>
                <span
                  className={styles.chip}
                  data-glow={next !== undefined && (i === next.at || i === next.at + 1)}
                  data-new={last !== undefined && i === last.at}
                >
                  <TokenChip view={view} />
                </span>
                {i + 1 < views.length && (
                  <span className={styles.rank} data-best={next?.at === i}>
                    {ranks.fresh ? (ranks.data?.[i] ?? '–') : '·'}
                  </span>
                )}
              </span>
            ))}
        </p>
      ) : (
        <p className={styles.note}>{t.tooLong}</p>
      )}
      <p className={styles.line} role="status">
        {step === 0 ? t.start : t.joined(label(last!.pair[0] + last!.pair[1]), last!.rank.toLocaleString())}{' '}
        {next ? t.next(label(next.pair[0]), label(next.pair[1]), next.rank.toLocaleString()) : t.done}
      </p>
      {steps.length > 0 && (
        <details className={styles.details} open={steps.length <= 12}>
          <summary>{t.list}</summary>
          <Pager page={rows} label={pages.rows} />
          <div className={styles.scroll} tabIndex={0} role="region" aria-label={t.list}>
            <table>
              <thead>
                <tr>
                  <th scope="col">{t.number}</th>
                  <th scope="col">{t.pair}</th>
                  <th scope="col">{t.rank}</th>
                </tr>
              </thead>
              <tbody>
                {steps
                  .slice(rows.from, rows.to)
                  .map((s, n) => [s, rows.from + n] as const)
                  .map(([s, i]) => (
                    <tr key={i} data-on={i === step - 1}>
                      <th scope="row">
                        <button type="button" onClick={() => onStep(i + 1)}>
                          {i + 1}
                        </button>
                      </th>
                      <td>
                        <TokenChip view={viewPieces([s.pair[0]], facts)[0]!} /> +{' '}
                        <TokenChip view={viewPieces([s.pair[1]], facts)[0]!} /> →{' '}
                        <TokenChip view={viewPieces([s.pair[0] + s.pair[1]], facts)[0]!} />
                      </td>
                      <td>{s.rank.toLocaleString()}</td>
                    </tr>
                  ))}
              </tbody>
            </table>
          </div>
        </details>
      )}
    </>
  )
}
