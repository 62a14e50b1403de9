// An answer whose words can be pressed while no colours are on: it stays as Markdown drew it, and what is pressed is
// found by where it was written. By keyboard it is one stop: arrows walk from word to word, Enter opens.

import {
  useCallback,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
  type KeyboardEvent,
  type PointerEvent,
  type ReactNode,
} from 'react'
import { usePanelText } from '../../i18n/panels/index.ts'
import { tokenWords } from '../../i18n/panels/tokens.ts'
import { tokensOf, type Message, type TokenEvent } from '../../store/index.ts'
import { boxesOf, rangeOf, sourceAt } from '../../ui/markdown/placed.ts'
import { tokenLabel } from '../../ui/tokens.ts'
import { useColoring } from './coloring.ts'
import { nameOf } from './names.ts'
import { TokenCard } from './TokenCard.tsx'
import styles from './Words.module.css'

interface Box {
  left: number
  top: number
  width: number
  height: number
}

/** Where the text of each token begins in the answer; one entry more for the end. */
export function startsOf(events: readonly TokenEvent[]): number[] {
  const starts = [0]
  for (const event of events) starts.push(starts.at(-1)! + event.text.length)
  return starts
}

/** The token that wrote character `at`. */
function tokenAt(starts: readonly number[], at: number): number | null {
  const next = starts.findIndex((start) => start > at)
  return next < 1 ? null : next - 1
}

export function Words({ message, children }: { message: Message; children: ReactNode }) {
  const t = usePanelText(tokenWords)
  const box = useRef<HTMLDivElement>(null),
    keys = useRef<HTMLSpanElement>(null)
  const events = tokensOf(message.id)
  // the list grows in place: its length stands for it
  const count = Math.min(message.tokens, events.length)
  const { starts, visible } = useMemo(
    () => ({
      starts: startsOf(events.slice(0, count)),
      visible: Array.from({ length: count }, (_, i) => i).filter((i) => events[i]!.text.trim() !== ''),
    }),
    [events, count],
  )
  const began = useRef<number | null>(null)
  const [over, setOver] = useState<number | null>(null)
  const [at, setAt] = useState<number | null>(null)
  const [focused, setFocused] = useState(false)
  const { open, set } = useColoring()
  const mine = open?.messageId === message.id && open.index < count ? open : null
  const current = at !== null && visible.includes(at) ? at : (visible[0] ?? null)
  const marked = mine?.index ?? over ?? (focused ? current : null)

  const rects = useCallback(
    (index: number): DOMRect[] =>
      box.current ? boxesOf(box.current, message.content, starts[index]!, starts[index + 1]!) : [],
    [message.content, starts],
  )
  const [marks, setMarks] = useState<Box[]>([])
  useLayoutEffect(() => {
    const put = (): void => {
      const frame = box.current?.getBoundingClientRect()
      const next =
        frame && marked !== null
          ? rects(marked).map((r) => ({
              left: r.left - frame.left,
              top: r.top - frame.top,
              width: r.width,
              height: r.height,
            }))
          : []
      setMarks((old) => (JSON.stringify(old) === JSON.stringify(next) ? old : next))
    }
    put()
    if (marked === null) return
    addEventListener('resize', put)
    return () => removeEventListener('resize', put)
  }, [marked, rects])

  const under = (event: PointerEvent | React.MouseEvent): number | null => {
    if (!box.current || (event.target instanceof Element && event.target.closest('a, button, [data-token-card]'))) {
      return null
    }
    const place = sourceAt(box.current, message.content, event.clientX, event.clientY)
    return place === null ? null : tokenAt(starts, place)
  }
  const hold = (index: number): void => {
    setAt(index)
    set({ open: mine?.locked && mine.index === index ? null : { messageId: message.id, index, locked: true } })
  }
  const press = (event: React.MouseEvent): void => {
    if (getSelection()?.isCollapsed === false) return // a stretch of text was being marked
    const index = under(event)
    if (index !== null) hold(index)
    else if (mine && !(event.target instanceof Element && event.target.closest('[data-token-card]'))) {
      set({ open: null })
    }
  }
  const walk = (index: number | undefined): void => {
    if (index === undefined) return
    setAt(index)
    if (mine) set({ open: { ...mine, index } })
    box.current?.querySelector('[data-mark]')?.scrollIntoView({ block: 'nearest' })
  }
  /** From where the marking began to here, as a pointer marks text; the sums of it are Sums.tsx. */
  const mark = (index: number | undefined): void => {
    if (index === undefined || current === null || !box.current) return
    began.current ??= current
    const [first, last] = [Math.min(began.current, index), Math.max(began.current, index)]
    const range = rangeOf(box.current, message.content, starts[first]!, starts[last + 1]!)
    if (range) {
      getSelection()?.setBaseAndExtent(range.startContainer, range.startOffset, range.endContainer, range.endOffset)
    }
    walk(index)
  }
  const onKey = (event: KeyboardEvent): void => {
    if (event.altKey || event.ctrlKey || event.metaKey || current === null) return
    const i = visible.indexOf(current)
    const to =
      event.key === 'ArrowRight' || event.key === 'ArrowDown'
        ? i + 1
        : event.key === 'ArrowLeft' || event.key === 'ArrowUp'
          ? i - 1
          : event.key === 'Home'
            ? 0
            : event.key === 'End'
              ? visible.length - 1
              : null
    if (to !== null) {
      event.preventDefault()
      if (event.shiftKey) mark(visible[to])
      else {
        began.current = null
        walk(visible[to])
      }
    } else if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault()
      hold(current)
    } else if (event.key === 'Escape' && mine) {
      event.preventDefault()
      set({ open: null })
    }
  }
  if (count === 0) return children
  return (
    <div
      ref={box}
      className={styles.words}
      role="group"
      data-words
      data-over={over !== null}
      data-testid="answer-words"
      onPointerMove={(event) => {
        if (event.pointerType !== 'touch') setOver(event.buttons === 0 ? under(event) : null)
      }}
      onPointerLeave={() => setOver(null)}
      onClick={press}
    >
      {children}
      {current !== null && (
        <span
          ref={keys}
          role="slider"
          tabIndex={0}
          className="visually-hidden"
          aria-label={t.colours.words}
          aria-valuemin={1}
          aria-valuemax={visible.length}
          aria-valuenow={visible.indexOf(current) + 1}
          aria-valuetext={tokenLabel(nameOf(events[current]!))}
          data-testid="answer-keys"
          onKeyDown={onKey}
          onFocus={() => setFocused(true)}
          onBlur={() => setFocused(false)}
        />
      )}
      {marks.map((mark, i) => (
        <span key={i} data-mark aria-hidden="true" className={styles.mark} style={mark} />
      ))}
      {mine && (
        <TokenCard
          message={message}
          event={events[mine.index]!}
          locked={mine.locked}
          anchor={() => ({ getClientRects: () => rects(mine.index) })}
          onEnter={() => undefined}
          onLeave={() => undefined}
          onClose={() => {
            set({ open: null })
            keys.current?.focus({ preventScroll: true })
          }}
        />
      )}
    </div>
  )
}
