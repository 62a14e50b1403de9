// An answer as its tokens, coloured by a number of each. Hover previews a token's card, click or Enter holds it open.
// Plain running text: Markdown waits until the colours are off again.

import { memo, useMemo, useRef, type KeyboardEvent } from 'react'
import { usePanelText } from '../../i18n/panels/index.ts'
import { tokenWords } from '../../i18n/panels/tokens.ts'
import { tokensOf, type Message, type TokenEvent } from '../../store/index.ts'
import { colorAt, css, inkOn } from '../../ui/colors.ts'
import { viewTokens } from '../../ui/tokens.ts'
import { useScheme } from '../../ui/useScheme.ts'
import { measure, scaleOf } from './coloring-scale.ts'
import { useColoring, type Measure } from './coloring.ts'
import { nameOf } from './names.ts'
import { TokenCard } from './TokenCard.tsx'
import styles from './TokenText.module.css'

/** Milliseconds: a pointer that only passes opens nothing, one that moves to the card does not close it. */
const openAfter = 140,
  closeAfter = 160
/** Most tokens drawn one by one; what is before them is plain text. */
const max = 1200

export function TokenText({ message, by }: { message: Message; by: Measure }) {
  const t = usePanelText(tokenWords)
  const events = tokensOf(message.id)
  const box = useRef<HTMLDivElement>(null)
  const began = useRef<number | null>(null)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const { open, set } = useColoring()
  const mine = open?.messageId === message.id ? open : null

  const at = (target: EventTarget | null): number | null => {
    const chip = target instanceof Element ? target.closest<HTMLElement>('[data-i]') : null
    return chip ? Number(chip.dataset['i']) : null
  }
  const later = (wait: number, work: () => void): void => {
    clearTimeout(timer.current)
    timer.current = setTimeout(work, wait)
  }
  const preview = (index: number | null): void => {
    const now = useColoring.getState().open
    if (now?.locked) return
    if (index === null) {
      later(closeAfter, () => {
        if (!useColoring.getState().open?.locked) set({ open: null })
      })
    } else {
      later(now?.messageId === message.id ? 60 : openAfter, () =>
        set({ open: { messageId: message.id, index, locked: false } }),
      )
    }
  }
  const hold = (index: number): void => {
    clearTimeout(timer.current)
    set({ open: mine?.locked && mine.index === index ? null : { messageId: message.id, index, locked: true } })
  }
  const focus = (index: number): void => box.current?.querySelector<HTMLElement>(`[data-i="${index}"]`)?.focus()
  /** From where the marking began to here, as a pointer marks text; the sums of it are Sums.tsx. */
  const mark = (from: number, to: number): void => {
    began.current ??= from
    const chip = (index: number): HTMLElement | null | undefined =>
      box.current?.querySelector<HTMLElement>(`[data-i="${index}"]`)
    const first = chip(Math.min(began.current, to)),
      last = chip(Math.max(began.current, to))
    if (first && last) getSelection()?.setBaseAndExtent(first, 0, last, last.childNodes.length)
  }
  const onKey = (event: KeyboardEvent): void => {
    const index = at(event.target)
    if (index === null || event.altKey || event.ctrlKey || event.metaKey) return
    const next =
      event.key === 'ArrowRight'
        ? index + 1
        : event.key === 'ArrowLeft'
          ? index - 1
          : event.key === 'Home'
            ? 0
            : event.key === 'End'
              ? events.length - 1
              : null
    if (next !== null && next >= 0 && next < events.length) {
      event.preventDefault()
      if (event.shiftKey) mark(index, next)
      else began.current = null
      focus(next)
    } else if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault()
      hold(index)
    } else if (event.key === 'Escape' && mine) {
      event.preventDefault()
      set({ open: null })
    }
  }
  const from = Math.max(0, message.tokens - max)
  return (
    <div
      ref={box}
      className={styles.text}
      role="group"
      aria-label={t.colours.text}
      data-testid="token-text"
      onPointerOver={(event) => {
        if (event.pointerType !== 'touch') preview(at(event.target))
      }}
      onPointerLeave={() => preview(null)}
      onClick={(event) => {
        const index = at(event.target)
        if (index !== null) hold(index)
      }}
      onKeyDown={onKey}
    >
      {from > 0 &&
        events
          .slice(0, from)
          .map((event) => event.text)
          .join('')}
      <Chips
        events={events}
        count={message.tokens}
        from={from}
        by={by}
        ended={message.finish === 'stop'}
        current={mine?.index ?? null}
      />
      {mine && events[mine.index] && (
        <TokenCard
          message={message}
          event={events[mine.index]!}
          locked={mine.locked}
          anchor={() => box.current?.querySelector(`[data-i="${mine.index}"]`) ?? null}
          onEnter={() => clearTimeout(timer.current)}
          onLeave={() => preview(null)}
          onClose={() => {
            set({ open: null })
            focus(mine.index)
          }}
        />
      )}
    </div>
  )
}

interface ChipsProps {
  events: readonly TokenEvent[]
  count: number
  from: number
  by: Measure
  ended: boolean
  current: number | null
}

/** `count` stands for the events: the list itself grows in place. */
const Chips = memo(function Chips({ events, count, from, by, ended, current }: ChipsProps) {
  const scheme = useScheme()
  const chips = useMemo(() => {
    const scale = scaleOf(by, scheme)
    const shown = events.slice(from, count)
    const views = viewTokens(
      shown.map((event, i) => {
        const last = ended && from + i === count - 1 && event.text === ''
        return {
          position: i,
          id: event.id,
          text: nameOf(event),
          bytes: [...event.bytes],
          special: last,
          generated: true,
        }
      }),
    )
    return shown.map((event, i) => {
      const value = measure(event, by)
      const rgb = value === null ? null : colorAt(scale, value)
      const style = rgb ? { background: css(rgb), color: inkOn(rgb) } : undefined
      // a token without text of its own: part of a character, or the sign that ends the answer
      return {
        style,
        value,
        label: views[i]!.label,
        text: event.text === '' ? views[i]!.label : event.text,
        bare: event.text === '',
      }
    })
  }, [events, count, from, by, ended, scheme])
  return chips.map(({ style, value, label, text, bare }, i) => (
    <span
      key={from + i}
      role="button"
      tabIndex={from + i === (current ?? from) ? 0 : -1}
      data-i={from + i}
      data-value={value ?? undefined}
      className={bare ? styles.bare : styles.token}
      aria-label={label}
      aria-expanded={current === from + i}
      style={style}
    >
      {text}
    </span>
  ))
})
