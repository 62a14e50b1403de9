// A vector as coloured cells, wrapped to the width. A press names one element; the number field does the same by
// keyboard.

import { useId, useMemo } from 'react'
import { Button } from '../../ui/Button.tsx'
import { Drawing } from '../../ui/Drawing.tsx'
import { useScheme } from '../../ui/useScheme.ts'
import type { CardFiles } from './Card.tsx'
import styles from './Cards.module.css'
import { largest } from './read.ts'
import { num, useRun } from './run.ts'
import { arrayOf, bounds, elementAt, pixelsOf, stripList, stripsList } from './strip-draw.ts'
import { Table } from './Table.tsx'
import type { Op } from './outline.ts'
import { useView } from './view.ts'

export function Strip({
  name,
  values,
  bound,
  pick,
  onPick,
}: {
  name: string
  values: Float32Array
  bound?: number
  pick?: number | null
  onPick?: (i: number) => void
}) {
  const { t } = useRun()
  const { element, set } = useView()
  const scheme = useScheme()
  const at = pick === undefined ? Math.min(element, values.length - 1) : pick
  const limit = bound ?? bounds(values)
  const pixels = useMemo(() => {
    const made = new Map<number, OffscreenCanvas>()
    return (cols: number): OffscreenCanvas => {
      let canvas = made.get(cols)
      if (!canvas) made.set(cols, (canvas = pixelsOf(values, cols, limit, scheme)))
      return canvas
    }
  }, [values, limit, scheme])
  const box = useId()
  return (
    <div className={styles.strip} id={box}>
      <span className={styles.stripName}>
        {name}
        <small>±{num(limit)}</small>
      </span>
      <Drawing
        draw={(width) => stripList(width, values, limit, at, scheme, pixels)}
        label={t.strip.label(name, values.length)}
        pointer
        onPick={({ x, y, width }) => {
          const i = elementAt(x, y, width, values.length)
          if (i !== null) {
            if (onPick) onPick(i)
            else set({ element: i })
          }
        }}
      />
    </div>
  )
}

/** Files of a card that shows strips: the picture of all, the numbers, the vectors as one array. */
export function useStripFiles() {
  const scheme = useScheme()
  return (numbers: object, strips: readonly { name: string; values: Float32Array; bound?: number }[]): CardFiles => ({
    numbers: () => numbers,
    drawing: () => stripsList(760, strips, scheme),
    array: () => arrayOf(strips.map((s) => s.values)),
  })
}

/** Opens the operands of one number of this op. */
export function Apart({ op, vector, index }: { op: Op; vector: string; index: number }) {
  const { t } = useRun()
  const set = useView((s) => s.set)
  return (
    <Button variant="quiet" onClick={() => set({ cell: { vector, index }, op })}>
      {t.cell.open}
    </Button>
  )
}

/** The field that chooses the element the cards spell out. */
export function ElementField({
  count,
  value,
  label,
  onChange,
}: {
  count: number
  value?: number
  label?: string
  onChange?: (i: number) => void
}) {
  const { t } = useRun()
  const { element, set } = useView()
  return (
    <label className={styles.field}>
      {label ?? t.strip.element}
      <input
        type="number"
        min={0}
        max={count - 1}
        step={1}
        value={value ?? Math.min(element, count - 1)}
        onChange={(event) => {
          const i = Math.round(event.target.valueAsNumber)
          if (i >= 0 && i < count) {
            if (onChange) onChange(i)
            else set({ element: i })
          }
        }}
      />
    </label>
  )
}

/** What a screen reader gets of strips: the largest elements of each. */
export function StripTable({ columns }: { columns: { name: string; values: Float32Array }[] }) {
  const { t } = useRun()
  return (
    <Table
      name={t.strip.table}
      head={[t.strip.element, ...columns.map((c) => c.name)]}
      rows={() => largest(columns.at(-1)!.values, 12).map((i) => [i, ...columns.map((c) => num(c.values[i]!))])}
    />
  )
}
