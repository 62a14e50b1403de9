// The button that begins what learns, or ends it while it runs; what else can be pressed beside it, and what is to be said.

import type { ReactNode } from 'react'
import { Button } from '../../ui/Button.tsx'
import type { IconName } from '../../ui/icons.tsx'
import styles from './Panel.module.css'

interface Props {
  /** of the test's hooks: `${id}-start`, `${id}-stop` */
  id: string
  words: { start: string; stop: string; stopping: string }
  icon?: IconName
  /** null: nothing runs */
  runs: { mayStop: boolean; isStopping: boolean } | null
  mayStart: boolean
  start(): void
  stop(): void
  children?: ReactNode
}

export function StartStop({ id, words, icon = 'adapters', runs, mayStart, start, stop, children }: Props) {
  return (
    <div className={styles.actions}>
      {runs === null ? (
        <Button variant="primary" icon={icon} disabled={!mayStart} onClick={start} data-testid={`${id}-start`}>
          {words.start}
        </Button>
      ) : (
        <Button icon="stop" disabled={!runs.mayStop} onClick={stop} data-testid={`${id}-stop`}>
          {runs.isStopping ? words.stopping : words.stop}
        </Button>
      )}
      {children}
    </div>
  )
}
