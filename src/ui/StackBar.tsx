// Parts of a whole as one bar, with a legend that repeats every part in words: colour is never alone.

import styles from './StackBar.module.css'

export interface Part {
  name: string
  value: number
  text: string
  tone: 'a' | 'b' | 'c'
}

export function StackBar({ parts, label, total }: { parts: Part[]; label: string; total?: number }) {
  const whole = Math.max(
    total ?? 0,
    parts.reduce((sum, part) => sum + part.value, 0),
  )
  return (
    <figure className={styles.figure} aria-label={label}>
      <div className={styles.bar} aria-hidden="true">
        {parts.map((part) => (
          <span
            key={part.name}
            className={styles[part.tone]}
            style={{ width: `${whole ? (part.value / whole) * 100 : 0}%` }}
          />
        ))}
      </div>
      <ul className={styles.legend}>
        {parts.map((part) => (
          <li key={part.name}>
            <span className={`${styles.key} ${styles[part.tone]}`} aria-hidden="true" />
            {part.name} <output>{part.text}</output>
          </li>
        ))}
      </ul>
    </figure>
  )
}
