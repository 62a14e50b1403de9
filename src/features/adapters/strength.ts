// How strong an adapter is, as people set it: a slider for what is usual, a field for all that the engine takes.

import { useEffect, useRef, useState } from 'react'
import { useAdapters } from '../../store/adapters.ts'

/** What the engine takes. */
export const least = -4
export const most = 4
/** What the slider has: twice what was trained, either way. */
export const usual = 2
export const step = 0.05
/** Milliseconds that the slider stands still before the engine is told. */
const pause = 120

/** Within what the engine takes, without the noise of steps that are no binary fractions; null for no number. */
export function readStrength(text: string): number | null {
  const value = Number(text.replace(',', '.').replace('−', '-'))
  if (text.trim() === '' || !Number.isFinite(value)) return null
  return Math.min(most, Math.max(least, Number(value.toFixed(4)))) + 0
}

/** To what it goes back when it is switched on again, by id: as long as the page is there. */
const lastOn = new Map<string, number>()

/**
 * The strength that is shown, and how it is changed. A slider that moves tells the engine when it stands still; the
 * newest wins.
 */
export function useStrength(id: string, scale: number): { value: number; set(value: number): void; toggle(): void } {
  const setScale = useAdapters((s) => s.setScale)
  const [draft, setDraft] = useState<number | null>(null)
  const timer = useRef<{ id: ReturnType<typeof setTimeout>; flush: () => void } | null>(null)
  const value = draft ?? scale
  useEffect(() => {
    if (value !== 0) lastOn.set(id, value)
  }, [id, value])
  // who leaves the panel while the slider moves has set it all the same
  useEffect(() => () => timer.current?.flush(), [])
  const tell = (next: number, wait: number): void => {
    if (timer.current) clearTimeout(timer.current.id)
    setDraft(next)
    const flush = (): void => {
      if (timer.current) clearTimeout(timer.current.id)
      timer.current = null
      setScale(id, next) // the store shows it at once
      setDraft(null)
    }
    timer.current = { id: setTimeout(flush, wait), flush }
  }
  return { value, set: (next) => tell(next, pause), toggle: () => tell(value === 0 ? (lastOn.get(id) ?? 1) : 0, 0) }
}
