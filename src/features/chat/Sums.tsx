// What the marked stretch of an answer comes to: a pointer that is drawn over it marks it, or Shift + arrows. It reads the
// page's own selection, over Markdown as over coloured tokens.

import { useEffect, useRef, useState } from 'react'
import { useFormats } from '../../i18n/index.tsx'
import { usePanelText } from '../../i18n/panels/index.ts'
import { tokenWords } from '../../i18n/panels/tokens.ts'
import { recall, tokensOf, type Message } from '../../store/index.ts'
import { sourceOf } from '../../ui/markdown/placed.ts'
import { Button } from '../../ui/Button.tsx'
import { startsOf } from './Words.tsx'
import { sumOf, tokensIn } from './sums.ts'
import styles from './Turn.module.css'

export default function Sums({ message: { id, content } }: { message: Message }) {
  const t = usePanelText(tokenWords).sums
  const format = useFormats()
  const place = useRef<HTMLSpanElement>(null)
  const [marked, setMarked] = useState<[first: number, last: number] | null>(null)
  const [copied, setCopied] = useState(false)
  useEffect(() => {
    const look = (): void => {
      const selection = getSelection()
      const article = place.current?.parentElement
      const range = selection && !selection.isCollapsed && selection.rangeCount > 0 ? selection.getRangeAt(0) : null
      if (!article || !range?.intersectsNode(article)) return setMarked(null)
      if (tokensOf(id).length === 0) {
        // of an earlier visit: they are read from the disk, and then looked at
        void recall(id).then((run) => run && look())
        return
      }
      setCopied(false)
      const chips = [...article.querySelectorAll<HTMLElement>('[data-i]')].filter((chip) => covers(range, chip))
      if (chips.length > 0) return setMarked([Number(chips[0]!.dataset['i']), Number(chips.at(-1)!.dataset['i'])])
      const span = sourceOf(article, content, range)
      setMarked(span && tokensIn(startsOf(tokensOf(id)), ...span))
    }
    document.addEventListener('selectionchange', look)
    return () => document.removeEventListener('selectionchange', look)
  }, [id, content])
  const events = marked ? tokensOf(id).slice(marked[0], marked[1] + 1) : []
  const sum = sumOf(events)
  const copy = (text: string) => (): void =>
    void navigator.clipboard.writeText(text).then(
      () => setCopied(true),
      () => undefined,
    )
  return (
    <>
      <span ref={place} hidden />
      {sum && (
        <div className={styles.sums} role="status" title={t.hint} data-testid="token-sums" data-count={sum.count}>
          <strong>{t.of(sum.count)}</strong>
          <dl className={styles.stats}>
            <div>
              <dt>{t.logprob}</dt>
              <dd>{format.number(sum.logprob, 2)}</dd>
            </div>
            <div>
              <dt>{t.surprise}</dt>
              <dd>{t.bits(format.number(sum.bits, 2))}</dd>
            </div>
            <div>
              <dt>{t.perplexity}</dt>
              <dd>{format.number(sum.perplexity, 2)}</dd>
            </div>
          </dl>
          {/* a press would take the marking away before it is copied */}
          <span onPointerDown={(event) => event.preventDefault()}>
            <Button variant="quiet" icon="copy" onClick={copy(events.map(({ text }) => text).join(''))}>
              {t.copyText}
            </Button>
            <Button
              variant="quiet"
              icon="copy"
              data-testid="copy-ids"
              onClick={copy(JSON.stringify(events.map((event) => event.id)))}
            >
              {t.copyIds}
            </Button>
            {copied && t.copied}
          </span>
        </div>
      )}
    </>
  )
}

/** Some of the chip's own text is marked, not only its edge. */
function covers(range: Range, chip: HTMLElement): boolean {
  const own = document.createRange()
  own.selectNodeContents(chip)
  return (
    range.compareBoundaryPoints(Range.END_TO_START, own) < 0 && range.compareBoundaryPoints(Range.START_TO_END, own) > 0
  )
}
