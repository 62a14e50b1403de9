// A panel that reads like a page: its title, what it is for, then its parts one under another.

import type { ComponentProps, ReactNode } from 'react'
import { Back } from './Back.tsx'
import styles from './Page.module.css'

type Props = Omit<ComponentProps<'div'>, 'className' | 'title'> & {
  title: string
  lead: ReactNode
  /** The panel that leads to one without a tab. */
  back?: { to: string; name: string }
  /** Two columns stand in it side by side. */
  wide?: boolean
}

export function Page({ title, lead, back, wide, children, ...rest }: Props) {
  return (
    <div {...rest} className={styles.page} data-wide={wide}>
      <header className={styles.head}>
        {back && <Back {...back} />}
        <h1>{title}</h1>
        <p>{lead}</p>
      </header>
      {children}
    </div>
  )
}
