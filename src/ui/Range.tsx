// One number, two ways to set it: a slider to feel it, a field to type it. With a line that says what it does.

import { useId, useState, type ReactNode } from 'react'
import styles from './Range.module.css'

interface Props {
  label: string
  hint: string
  value: number
  min: number
  max: number
  step: number
  onChange: (value: number) => void
  /** whose the value is, and the way back; stands under the slider */
  note?: ReactNode
  /** shown instead of the number at the value that means "off" */
  off?: { at: number; text: string }
}

export function Range({ label, hint, value, min, max, step, onChange, off, note }: Props) {
  const id = useId()
  /** what is being typed and may not be a number yet; null when nobody types */
  const [draft, setDraft] = useState<string | null>(null)
  const commit = () => {
    const typed = Number(draft ?? value)
    setDraft(null)
    if (draft !== null && draft.trim() !== '' && Number.isFinite(typed)) {
      onChange(Math.min(max, Math.max(min, step >= 1 ? Math.round(typed) : typed)))
    }
  }
  return (
    <div className={styles.range}>
      <label htmlFor={id} className={styles.label}>
        {label}
      </label>
      {off && value === off.at && <span className={styles.off}>{off.text}</span>}
      <input
        id={id}
        className={styles.number}
        type="number"
        inputMode="decimal"
        min={min}
        max={max}
        step={step}
        value={draft ?? String(value)}
        onChange={(event) => setDraft(event.target.value)}
        onBlur={commit}
        onKeyDown={(event) => {
          if (event.key === 'Enter') commit()
        }}
      />
      <input
        className={styles.slider}
        type="range"
        aria-label={label}
        aria-describedby={`${id}-hint`}
        min={min}
        max={max}
        step={step}
        value={value}
        onChange={(event) => onChange(event.target.valueAsNumber)}
      />
      <p id={`${id}-hint`} className={styles.hint}>
        {hint}
      </p>
      {note}
    </div>
  )
}
