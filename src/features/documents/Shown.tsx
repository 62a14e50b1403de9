// The text of a document: where its passages begin, and one of them marked. Of a long text the part around the mark.

import { useEffect, useRef } from 'react'
import { documentWords } from '../../i18n/panels/documents.ts'
import { usePanelText } from '../../i18n/panels/index.ts'
import { useDocuments } from '../../store/documents/index.ts'
import { Button } from '../../ui/Button.tsx'
import { plainName } from '../../ui/plain-name.ts'
import styles from './Panel.module.css'

/** UTF-16 units on both sides of a mark */
const around = 10_000

export function Shown() {
  const t = usePanelText(documentWords)
  const { shown, hide } = useDocuments()
  const marked = useRef<HTMLElement>(null)
  const top = useRef<HTMLElement>(null)
  useEffect(() => {
    const place = marked.current ?? top.current
    place?.scrollIntoView({ block: 'center' })
    top.current?.focus({ preventScroll: true })
  }, [shown])
  if (!shown) return null
  const { name, text, chunks, mark } = shown
  const from = whole(text, Math.max(0, (mark?.start ?? 0) - around))
  const to = whole(text, Math.min(text.length, (mark?.end ?? around) + around))
  const begins = chunks.map(({ start }) => start)
  const pieces = (start: number, end: number) => {
    const cuts = [start, ...begins.filter((at) => at > start && at < end), end]
    return cuts.slice(1).map((next, i) => (
      <span key={cuts[i]} className={begins.includes(cuts[i]!) ? styles.begins : undefined}>
        {text.slice(cuts[i], next)}
      </span>
    ))
  }
  return (
    <section
      className={styles.shown}
      aria-labelledby="documents-shown"
      tabIndex={-1}
      ref={top}
      data-testid="documents-shown"
    >
      <div className={styles.actions}>
        <h2 id="documents-shown">
          <bdi>{t.shown(plainName(name))}</bdi>
        </h2>
        <Button icon="close" onClick={hide}>
          {t.close}
        </Button>
      </div>
      <p className={styles.note}>
        {mark ? `${t.marked} ` : ''}
        {t.cuts}
      </p>
      <div className={styles.source} tabIndex={0} role="region" aria-label={t.shown(plainName(name))}>
        {from > 0 && '…'}
        {mark ? (
          <>
            {pieces(from, mark.start)}
            <mark ref={marked}>{text.slice(mark.start, mark.end)}</mark>
            {pieces(mark.end, to)}
          </>
        ) : (
          pieces(from, to)
        )}
        {to < text.length && '…'}
      </div>
    </section>
  )
}

/** Not between the halves of a character. */
const whole = (text: string, at: number): number => (/[\uDC00-\uDFFF]/.test(text[at] ?? '') ? at - 1 : at)
