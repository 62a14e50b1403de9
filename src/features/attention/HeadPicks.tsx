// Which heads of the layer lie over each other in the arcs and in the text. Each has its hue; none chosen means the
// selected head alone.

import { useRun } from './run.ts'
import styles from './HeadPicks.module.css'
import { pickedOf, useView } from './view.ts'
import { useScheme } from '../../ui/useScheme.ts'

/** A colour for one of `heads` heads, readable on the ground of the theme. */
export const headHue = (head: number, heads: number, scheme: 'light' | 'dark'): string =>
  `hsl(${(head * 360) / heads} 65% ${scheme === 'dark' ? 66 : 42}%)`

export function HeadPicks() {
  const { info, t, layer, head } = useRun()
  const { picked: all, set } = useView()
  const picked = pickedOf(all, info.heads)
  const scheme = useScheme()
  const toggle = (h: number): void =>
    set({ picked: picked.includes(h) ? picked.filter((p) => p !== h) : [...picked, h].sort((a, b) => a - b) })
  return (
    <div className={styles.picks} role="group" aria-label={t.picks.label(layer)} data-testid="head-picks">
      <span>{t.picks.label(layer)}</span>
      {Array.from({ length: info.heads }, (_, h) => (
        <button
          key={h}
          type="button"
          aria-pressed={picked.includes(h)}
          data-now={h === head}
          onClick={() => toggle(h)}
          style={{ '--hue': headHue(h, info.heads, scheme) } as React.CSSProperties}
        >{`H${h}`}</button>
      ))}
      <button
        type="button"
        className={styles.all}
        onClick={() =>
          set({ picked: picked.length === info.heads ? [] : Array.from({ length: info.heads }, (_, h) => h) })
        }
      >
        {picked.length === info.heads ? t.picks.none : t.picks.all}
      </button>
    </div>
  )
}
