// A side panel: beside the content on wide screens, over it on narrow ones.
// One <dialog> does both: show() keeps the page usable, showModal() traps focus and closes on Esc.

import { useEffect, useRef, type ReactNode } from 'react'
import { Button } from './Button.tsx'
import styles from './Drawer.module.css'

interface Props {
  open: boolean
  onClose: () => void
  title: string
  closeLabel: string
  side: 'start' | 'end'
  children: ReactNode
}

const wide = () => matchMedia('(min-width: 64rem)')

export function Drawer({ open, onClose, title, closeLabel, side, children }: Props) {
  const ref = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    const dialog = ref.current
    if (!dialog || !open) return
    const query = wide()
    const show = () => {
      dialog.close()
      if (query.matches) dialog.show()
      else dialog.showModal()
    }
    const before = document.activeElement
    show()
    // beside the content the drawer is no interruption: leave the focus where it was
    if (query.matches && before instanceof HTMLElement) before.focus({ preventScroll: true })
    query.addEventListener('change', show)
    return () => {
      query.removeEventListener('change', show)
      dialog.close()
    }
  }, [open])
  return (
    <dialog
      ref={ref}
      className={`${styles.drawer} ${styles[side]}`}
      aria-label={title}
      onCancel={(event) => {
        event.preventDefault()
        onClose()
      }}
      onClick={(event) => {
        if (event.target === ref.current && ref.current.matches(':modal')) onClose()
      }}
    >
      {open && (
        <div className={styles.inner}>
          <header className={styles.head}>
            <h2>{title}</h2>
            <Button variant="quiet" icon="close" label={closeLabel} onClick={onClose} />
          </header>
          <div className={styles.body}>{children}</div>
        </div>
      )}
    </dialog>
  )
}
