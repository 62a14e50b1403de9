// A state as a small dot: shape and colour both change, and the word stands beside it or in `label`.

import styles from './Dot.module.css'

export type DotState = 'idle' | 'busy' | 'ready' | 'error'

export function Dot({ state, label }: { state: DotState; label?: string }) {
  return (
    <span
      className={`${styles.dot} ${styles[state]}`}
      role={label === undefined ? undefined : 'img'}
      aria-label={label}
      title={label}
    />
  )
}
