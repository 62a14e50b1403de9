// One head's attention in one text through the training, a picture every few updates; and how far each matrix has moved by then.
// One slider goes through both.

import { useEffect, useRef, useState } from 'react'
import { useFormats } from '../../i18n/index.tsx'
import { usePanelText } from '../../i18n/panels/index.ts'
import { teachWords } from '../../i18n/panels/teach.ts'
import type { Frame, Moved, TeachRun } from '../../store/teach/index.ts'
import { useScheme } from '../../ui/useScheme.ts'
import { Moves } from './Moves.tsx'
import styles from './Film.module.css'

/** A token without the space around it; of nothing but space, its signs. */
const signed = (text: string): string => text.trim() || text.replaceAll('\n', '⏎').replaceAll(' ', '␣') || '␣'

interface Props extends Pick<TeachRun, 'looks'> {
  /** what text it is; default: the first pair */
  lead?: string
  id?: string
  /** the head that is shown until another one is chosen */
  first?: { layer: number; head: number }
}

const firstOf = { layer: 0, head: 0 }

export function Film({ looks, lead, id = 'teach-film', first = firstOf }: Props) {
  const t = usePanelText(teachWords).film
  const format = useFormats()
  /** null: the newest */
  const [chosen, setChosen] = useState<number | null>(null)
  const [picked, setPlace] = useState<{ layer: number; head: number } | null>(null)
  const place = picked ?? first
  const at = Math.min(chosen ?? looks.length - 1, looks.length - 1)
  const look = looks[at]!
  const { frame } = look
  const layer = Math.min(place.layer, (frame?.layers ?? 1) - 1)
  const head = Math.min(place.head, (frame?.heads ?? 1) - 1)
  const options = (count: number) =>
    Array.from({ length: count }, (_, i) => (
      <option key={i} value={i}>
        {i}
      </option>
    ))
  return (
    <section className={styles.film} aria-labelledby={id} data-testid={id} data-frames={looks.length}>
      <h3 id={id}>{t.title}</h3>
      <p className={styles.soft}>{lead ?? t.lead}</p>
      <div className={styles.controls}>
        <label className={styles.scrub}>
          <span>{t.update(format.number(look.step))}</span>
          <input
            type="range"
            min={0}
            max={looks.length - 1}
            step={1}
            value={at}
            aria-valuetext={t.update(format.number(look.step))}
            data-testid="teach-scrub"
            onChange={({ target }) =>
              setChosen(target.valueAsNumber === looks.length - 1 ? null : target.valueAsNumber)
            }
          />
        </label>
        {frame && (
          <>
            <label>
              {t.layer}{' '}
              <select value={layer} onChange={({ target }) => setPlace({ layer: Number(target.value), head })}>
                {options(frame.layers)}
              </select>
            </label>
            <label>
              {t.head}{' '}
              <select value={head} onChange={({ target }) => setPlace({ layer, head: Number(target.value) })}>
                {options(frame.heads)}
              </select>
            </label>
          </>
        )}
      </div>
      <div className={styles.pictures}>
        {frame && <Picture id={`${id}-row`} frame={frame} layer={layer} head={head} step={look.step} />}
        {look.moved.length > 0 && <Moves moved={look.moved} most={mostOf(looks.flatMap(({ moved }) => moved))} />}
      </div>
    </section>
  )
}

const ratio = ({ delta, base }: Moved): number => (base > 0 ? delta / base : 0)
const mostOf = (moved: readonly Moved[]): number => Math.max(...moved.map(ratio), 1e-9)

/** Rows are the tokens that look, columns those that are looked at. */
function Picture({
  id,
  frame,
  layer,
  head,
  step,
}: {
  id: string
  frame: Frame
  layer: number
  head: number
  step: number
}) {
  const t = usePanelText(teachWords).film
  const format = useFormats()
  const scheme = useScheme()
  const canvas = useRef<HTMLCanvasElement>(null)
  const [row, setRow] = useState<number | null>(null)
  const { texts, heads, cells } = frame
  const n = texts.length
  const from = (layer * heads + head) * n * n
  const looking = Math.min(row ?? n - 1, n - 1)
  const seen = texts
    .map((text, i) => ({ text, p: cells[from + looking * n + i]! / 255 }))
    .sort((a, b) => b.p - a.p)
    .slice(0, 3)
    .filter(({ p }) => p > 0.01)
  useEffect(() => {
    const context = canvas.current?.getContext('2d')
    if (!context) return
    context.clearRect(0, 0, n, n)
    context.fillStyle = getComputedStyle(canvas.current!).color
    for (let i = 0; i < n * n; i++) {
      context.globalAlpha = cells[from + i]! / 255
      context.fillRect(i % n, Math.floor(i / n), 1, 1)
    }
  }, [cells, from, n, scheme])
  return (
    <figure className={styles.picture}>
      <canvas
        ref={canvas}
        width={n}
        height={n}
        tabIndex={0}
        role="img"
        aria-label={t.picture(layer, head, step)}
        aria-describedby={id}
        onPointerMove={({ nativeEvent, currentTarget }) =>
          setRow(Math.max(0, Math.min(n - 1, Math.floor((nativeEvent.offsetY / currentTarget.clientHeight) * n))))
        }
        onKeyDown={(event) => {
          const by = { ArrowUp: -1, ArrowDown: 1 }[event.key]
          if (by === undefined) return
          event.preventDefault()
          setRow(Math.max(0, Math.min(n - 1, looking + by)))
        }}
      />
      <figcaption id={id} className={styles.soft}>
        {t.looks(
          signed(texts[looking]!),
          seen.map(({ text, p }) => `“${signed(text)}” ${format.percent(p)}`).join(' · '),
        )}
      </figcaption>
    </figure>
  )
}
