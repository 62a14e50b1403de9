// One choice of a few, side by side: real radio buttons that look like tabs.

import { useId } from 'react'
import styles from './Segmented.module.css'

interface Props<T extends string> {
  label: string
  options: readonly { value: T; text: string; hint?: string; disabled?: boolean }[]
  value: T
  onChange: (value: T) => void
  /** the label is read, not shown */
  quiet?: boolean
  testId?: string
}

export function Segmented<T extends string>({ label, options, value, onChange, quiet = true, testId }: Props<T>) {
  const name = useId()
  return (
    <fieldset className={styles.set} data-testid={testId}>
      <legend className={quiet ? 'visually-hidden' : styles.legend}>{label}</legend>
      <span className={styles.row}>
        {options.map((option) => (
          <label key={option.value} className={styles.option} title={option.hint}>
            <input
              type="radio"
              name={name}
              value={option.value}
              checked={option.value === value}
              disabled={option.disabled}
              onChange={() => onChange(option.value)}
            />
            <span>{option.text}</span>
          </label>
        ))}
      </span>
    </fieldset>
  )
}
