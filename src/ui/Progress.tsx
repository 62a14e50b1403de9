// A thin progress line with its words. Without `total` it says "busy" instead of inventing a share.

import type { ReactNode } from 'react'
import styles from './Progress.module.css'

interface Props {
  label: string
  value: number
  total: number | null
  start?: ReactNode
  end?: ReactNode
}

export function Progress({ label, value, total, start, end }: Props) {
  const fraction = total !== null && total > 0 ? Math.min(1, value / total) : null
  return (
    <div className={styles.progress}>
      <div
        className={styles.track}
        role="progressbar"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={fraction === null ? undefined : Math.floor(fraction * 100)}
      >
        <div
          className={fraction === null ? styles.busy : styles.bar}
          style={fraction === null ? undefined : { transform: `scaleX(${fraction})` }}
        />
      </div>
      {(start !== undefined || end !== undefined) && (
        <div className={styles.words}>
          <span>{start}</span>
          <span>{end}</span>
        </div>
      )}
    </div>
  )
}
