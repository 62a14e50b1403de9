// The way back from a panel without a tab to the one that leads to it.

import styles from './Back.module.css'
import { Icon } from './icons.tsx'

export function Back({ to, name }: { to: string; name: string }) {
  return (
    <a href={`#/${to}`} className={styles.back} data-testid="back">
      <Icon name="left" size={16} />
      {name}
    </a>
  )
}
