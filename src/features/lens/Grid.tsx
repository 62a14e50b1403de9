// Layers by tokens: what each layer would say next. Only the columns on screen are in the page; the text of a cell is
// text, so it can be read aloud, found and copied. Hover or arrows preview, click or Enter selects for all panels.

import {
  useEffect,
  useId,
  useLayoutEffect,
  useRef,
  type CSSProperties,
  type KeyboardEvent,
  type PointerEvent,
} from 'react'
import { useInspect } from '../../store/inspect.ts'
import { colorAt, css, inkOn, type ColorScale } from '../../ui/colors.ts'
import { short } from '../../ui/tokens.ts'
import styles from './Grid.module.css'
import { layersOf, shade, targetId } from './read.ts'
import { candidateView, useColumnsHere, useRun } from './run.ts'
import { touches } from './steer.ts'
import { useView, type CellRef } from './view.ts'

export interface GridWindow {
  from: number
  to: number
}

interface Props {
  scale: ColorScale
  /** columns on screen */
  window: GridWindow
  onWindow: (window: GridWindow) => void
  width: number
  /** px of the column of names */
  side: number
  /** its text is hidden: the game asks for it */
  asked: CellRef | null
}

const margin = 2

export function Grid({ scale, window: seen, onWindow, width, side, asked }: Props) {
  const { info, tokens, views, t, common, own, layer, position, layerName, came, choose, percent } = useRun()
  const { at } = useColumnsHere()
  const { part, colour, target, hover, set } = useView()
  const locked = useInspect((s) => s.locked)
  const edits = useInspect((s) => s.edits)
  const box = useRef<HTMLDivElement>(null)
  const id = useId()
  const layers = layersOf(info, part).reverse()
  const last = info.layers - 1
  const total = tokens.length

  const measure = useRef(() => undefined as void)
  useLayoutEffect(() => {
    measure.current = () => {
      const element = box.current
      if (!element) return
      const from = Math.max(0, Math.floor(element.scrollLeft / width) - margin)
      const to = Math.min(total, Math.ceil((element.scrollLeft + element.clientWidth - side) / width) + margin)
      if (from !== seen.from || to !== seen.to) onWindow({ from, to })
    }
    measure.current()
  })
  useLayoutEffect(() => {
    const observer = new ResizeObserver(() => measure.current())
    observer.observe(box.current!)
    return () => observer.disconnect()
  }, [])
  const show = (p: number): void => {
    const element = box.current
    if (!element) return
    const left = p * width,
      right = left + width + side
    if (left < element.scrollLeft) element.scrollLeft = Math.max(0, left - width)
    else if (right > element.scrollLeft + element.clientWidth) element.scrollLeft = right - element.clientWidth + width
  }
  const shown = useRef(-1)
  useEffect(() => {
    if (shown.current !== position) {
      shown.current = position
      show(position)
    }
  })

  const refOf = (target_: EventTarget): CellRef | null => {
    const cell = target_ instanceof Element ? target_.closest<HTMLElement>('[data-layer]') : null
    return cell ? { layer: Number(cell.dataset['layer']), position: Number(cell.dataset['position']) } : null
  }
  const pointer = useRef({ x: NaN, y: NaN })
  const preview = (event: PointerEvent) => {
    if (event.pointerType === 'touch') return
    // what slides under a resting pointer is not pointed at: the keyboard scrolls the grid
    if (event.clientX === pointer.current.x && event.clientY === pointer.current.y) return
    pointer.current = { x: event.clientX, y: event.clientY }
    const next = refOf(event.target)
    if (next?.layer !== hover?.layer || next?.position !== hover?.position) set({ hover: next })
  }
  const onKey = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const from = hover ?? { layer, position }
    const step = event.shiftKey ? 10 : 1
    /** the row so far up */
    const up = (rows: number): number =>
      layers[Math.max(0, Math.min(layers.length - 1, layers.indexOf(from.layer) - rows))]!
    const moves: Record<string, CellRef> = {
      ArrowLeft: { ...from, position: from.position - step },
      ArrowRight: { ...from, position: from.position + step },
      ArrowUp: { ...from, layer: up(1) },
      ArrowDown: { ...from, layer: up(-1) },
      Home: { ...from, position: 0 },
      End: { ...from, position: total - 1 },
    }
    const to = moves[event.key]
    if (to) {
      const next = { ...to, position: Math.max(0, Math.min(total - 1, to.position)) }
      set({ hover: next })
      show(next.position)
    } else if ((event.key === 'Enter' || event.key === ' ') && hover) choose(hover.layer, hover.position)
    else if (event.key === 'Escape') set({ hover: null })
    else return
    event.preventDefault()
    event.stopPropagation()
  }

  const columns = Array.from({ length: Math.max(0, Math.min(total, seen.to) - seen.from) }, (_, i) => seen.from + i)
  const place = (p: number): CSSProperties => ({ insetInlineStart: side + p * width, width: width - 2 })
  // both ends identify a long token; wide signs take two places
  const fit = (label: string): string =>
    short(label, Math.max(4, Math.floor((width - 10) / (/[\u2e80-\uffff]/.test(label) ? 11.5 : 7.3))))
  const cellId = (l: number, p: number) => `${id}${l}_${p}`
  return (
    <div
      ref={box}
      className={styles.box}
      role="grid"
      tabIndex={0}
      aria-label={t.grid.label(layers.length, total)}
      aria-rowcount={layers.length + (own ? 1 : 2)}
      aria-colcount={total + 1}
      aria-activedescendant={hover ? cellId(hover.layer, hover.position) : undefined}
      data-testid="lens-grid"
      data-locked={locked}
      onScroll={() => measure.current()}
      onKeyDown={onKey}
      onPointerMove={preview}
      onPointerLeave={() => set({ hover: null })}
      onBlur={() => set({ hover: null })}
      onClick={(event) => {
        const ref = refOf(event.target)
        if (ref) choose(ref.layer, ref.position)
      }}
    >
      <div className={styles.inner} style={{ width: side + total * width }}>
        {!own && (
          <div role="row" className={`${styles.row} ${styles.next}`}>
            <span role="rowheader" className={styles.name} style={{ width: side }} title={t.grid.next}>
              {side < 100 ? t.grid.nextShort : t.grid.next}
            </span>
            {columns.map((p) => (
              <span
                key={p}
                role="columnheader"
                aria-colindex={p + 2}
                className={styles.token}
                style={place(p)}
                data-generated={tokens[p + 1]?.generated}
              >
                {asked?.position === p ? '?' : fit(came(p))}
              </span>
            ))}
          </div>
        )}
        {layers.map((l) => (
          <div key={l} role="row" className={styles.row} data-output={part === 'resid' && l === last}>
            <span
              role="rowheader"
              className={styles.name}
              style={{ width: side }}
              data-selected={l === layer}
              title={part === 'resid' && l === last ? t.output : undefined}
            >
              {layerName(l)}
              {part === 'resid' && l === last && <small>{side < 100 ? '=' : t.output}</small>}
            </span>
            {columns.map((p) => {
              const column = at(p)
              const cell = column?.cells.find((c) => c.layer === l)
              const rgb = cell ? colorAt(scale, shade(cell, colour, targetId(target, column!))) : null
              const selected = p === position && l === layer,
                over = hover?.layer === l && hover.position === p
              const hidden = asked?.position === p,
                question = hidden && asked.layer === l
              const label = cell ? candidateView(cell.top[0]!.id, cell.top[0]!.text).label : ''
              return (
                <span
                  key={p}
                  id={cellId(l, p)}
                  role="gridcell"
                  aria-colindex={p + 2}
                  aria-selected={selected}
                  className={styles.cell}
                  data-layer={l}
                  data-position={p}
                  data-id={hidden ? undefined : cell?.top[0]!.id}
                  data-p={hidden ? undefined : cell && Math.exp(cell.top[0]!.logprob)}
                  data-over={over}
                  data-edited={
                    (part === 'resid' && edits.length > 0 && touches(edits, { layer: l, position: p })) || undefined
                  }
                  data-final={!hidden && cell !== undefined && cell.top[0]!.id === column!.final}
                  data-state={cell ? 'read' : p < info.kept ? 'lost' : 'wait'}
                  style={{ ...place(p), ...(rgb && !hidden ? { background: css(rgb), color: inkOn(rgb) } : {}) }}
                  aria-label={
                    cell && !hidden
                      ? t.grid.cell(
                          layerName(l),
                          common.strip.token(p),
                          fit(label) === label ? label : `${fit(label)} ${label}`,
                          percent(Math.exp(cell.top[0]!.logprob)),
                        )
                      : undefined
                  }
                >
                  {question ? '?' : hidden ? '' : cell ? fit(label) : p < info.kept ? '×' : ''}
                </span>
              )
            })}
          </div>
        ))}
        <div role="row" className={`${styles.row} ${styles.read}`}>
          <span role="rowheader" className={styles.name} style={{ width: side }} title={t.grid.read}>
            {side < 100 ? t.grid.readShort : t.grid.read}
          </span>
          {columns.map((p) => (
            <span
              key={p}
              role="columnheader"
              aria-colindex={p + 2}
              className={styles.token}
              style={place(p)}
              data-special={tokens[p]!.special}
              data-partial={views[p]!.partial}
              data-selected={p === position}
            >
              {fit(views[p]!.label)}
            </span>
          ))}
        </div>
      </div>
    </div>
  )
}

/** The window before anything is measured. */
export const firstWindow = (total: number, position: number): GridWindow => ({
  from: Math.max(0, position - 10),
  to: Math.min(total, position + 4),
})
