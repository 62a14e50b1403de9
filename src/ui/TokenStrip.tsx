// All tokens of the context as chips. Click selects, hover previews; arrows or j and k walk.
// Long runs show a window of tokens around the selection: a thousand buttons would be too many to walk and to draw.

import { useEffect, useMemo, useRef, useState, type CSSProperties, type KeyboardEvent, type PointerEvent } from 'react'
import { Button } from './Button.tsx'
import { colorAt, css, inkOn, type ColorScale } from './colors.ts'
import { ChipButton } from './TokenChip.tsx'
import { viewTokens, type TokenLike } from './tokens.ts'
import { useNarrow } from './useNarrow.ts'
import styles from './TokenStrip.module.css'

export interface StripWords {
  label: string
  earlier: (n: number) => string
  later: (n: number) => string
  bytes: (hex: string) => string
  special: string
  token: (n: number) => string
}

interface Props {
  tokens: readonly TokenLike[]
  selected: number | null
  words: StripWords
  /** colours chips by a value per token; NaN or null leaves a chip plain */
  values?: ArrayLike<number | null> | undefined
  scale?: ColorScale | undefined
  /** colours by hand instead of values and scale */
  fill?: (position: number) => { background: string; color: string } | undefined
  /** a small number under a token */
  note?: (position: number) => string | undefined
  title?: (position: number) => string | undefined
  onSelect: (position: number) => void
  /** null when the pointer leaves */
  onPreview?: (position: number | null) => void
  /**
   * at most this many lines before it scrolls; on a phone it never does: a strip that scrolls holds the finger that
   * meant the page
   */
  lines?: number
  /** most chips at once; fewer on a phone */
  max?: number
}

const maxOnPhone = 80

export function TokenStrip({
  tokens,
  selected,
  words,
  values,
  scale,
  fill,
  note,
  title,
  onSelect,
  onPreview,
  lines,
  max: wish = 320,
}: Props) {
  const narrow = useNarrow()
  const max = narrow ? Math.min(wish, maxOnPhone) : wish
  const views = useMemo(() => viewTokens(tokens), [tokens])
  const box = useRef<HTMLDivElement>(null)
  /** a window moved by hand holds until the selection changes */
  const [moved, setMoved] = useState<{ of: number | null; center: number } | null>(null)
  const [from, to] = windowOf(
    tokens.length,
    (moved?.of === selected ? moved.center : null) ?? selected ?? tokens.length - 1,
    max,
  )

  useEffect(() => {
    const scroller = box.current
    const chip = selected === null ? null : scroller?.querySelector<HTMLElement>(`[data-position="${selected}"]`)
    if (!scroller || !chip || scroller.scrollHeight <= scroller.clientHeight + 4) return
    const top = chip.offsetTop // the strip is its offset parent
    if (top < scroller.scrollTop || top + chip.offsetHeight > scroller.scrollTop + scroller.clientHeight) {
      // a whole line stands on top: half of one would look like a fault
      const wanted = top - scroller.clientHeight / 2,
        first = [...scroller.querySelectorAll<HTMLElement>('[data-position]')].find((one) => one.offsetTop >= wanted)
      scroller.scrollTop = wanted <= 0 || !first ? 0 : first.offsetTop - 4
    }
  }, [selected, from, to])

  const at = (target: EventTarget): number | null => {
    const chip = target instanceof Element ? target.closest<HTMLElement>('[data-position]') : null
    return chip ? Number(chip.dataset['position']) : null
  }
  const onKey = (event: KeyboardEvent) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return
    const now = at(event.target) ?? selected ?? 0
    const next =
      event.key === 'ArrowRight' || event.key === 'j'
        ? now + 1
        : event.key === 'ArrowLeft' || event.key === 'k'
          ? now - 1
          : event.key === 'Home'
            ? 0
            : event.key === 'End'
              ? tokens.length - 1
              : null
    if (next === null || next < 0 || next >= tokens.length) return
    event.preventDefault()
    event.stopPropagation()
    onSelect(next)
    requestAnimationFrame(() => box.current?.querySelector<HTMLElement>(`[data-position="${next}"]`)?.focus())
  }
  const preview = (event: PointerEvent) => {
    if (event.pointerType !== 'touch') onPreview?.(at(event.target))
  }
  const colours = (position: number): { background: string; color: string } | undefined => {
    if (fill) return fill(position)
    const value = values?.[position]
    const rgb = scale && value != null ? colorAt(scale, value) : null
    return rgb ? { background: css(rgb), color: inkOn(rgb) } : undefined
  }
  const half = Math.floor(max / 2)
  return (
    <div
      ref={box}
      className={styles.strip}
      role="group"
      aria-label={words.label}
      data-testid="token-strip"
      style={lines && !narrow ? ({ '--lines': lines } as CSSProperties) : undefined}
      onKeyDown={onKey}
      onPointerOver={preview}
      onPointerLeave={() => onPreview?.(null)}
      onClick={(event) => {
        const p = at(event.target)
        if (p !== null) onSelect(p)
      }}
    >
      {from > 0 && (
        <Button
          variant="quiet"
          className={styles.more}
          onClick={() => setMoved({ of: selected, center: Math.max(0, from - half) })}
        >
          ‹ {words.earlier(from)}
        </Button>
      )}
      {tokens.slice(from, to).map((token, i) => {
        const position = from + i
        const view = views[position]!
        return (
          <ChipButton
            key={position}
            position={position}
            view={view}
            special={token.special}
            generated={token.generated}
            selected={position === selected}
            tabbable={position === (selected ?? 0)}
            fill={colours(position)}
            note={note?.(position)}
            title={
              title?.(position) ??
              (view.partial ? words.bytes(view.label) : token.special ? `${token.text} · ${words.special}` : undefined)
            }
          />
        )
      })}
      {to < tokens.length && (
        <Button
          variant="quiet"
          className={styles.more}
          onClick={() => setMoved({ of: selected, center: Math.min(tokens.length - 1, to + half) })}
        >
          {words.later(tokens.length - to)} ›
        </Button>
      )}
    </div>
  )
}

function windowOf(count: number, center: number, max: number): [from: number, to: number] {
  if (count <= max) return [0, count]
  const from = Math.max(0, Math.min(count - max, center - Math.floor(max / 2)))
  return [from, from + max]
}
