// A dialog over the page: traps the focus, closes on Esc and by a click beside it, gives the focus back.

import { useId, useLayoutEffect, useRef, type ReactNode } from 'react'
import { Button } from './Button.tsx'
import styles from './Dialog.module.css'

interface Props {
  title: string
  closeLabel: string
  onClose: () => void
  children: ReactNode
  actions?: ReactNode
  wide?: boolean
  testId?: string
}

export function Dialog({ title, closeLabel, onClose, children, actions, wide = false, testId }: Props) {
  const ref = useRef<HTMLDialogElement>(null)
  const id = useId()
  // a layout effect: the dialog must close while it is still in the page, or the focus is lost
  useLayoutEffect(() => {
    const dialog = ref.current!
    dialog.showModal()
    return () => dialog.close()
  }, [])
  return (
    <dialog
      ref={ref}
      className={styles.dialog}
      data-wide={wide}
      aria-labelledby={id}
      data-testid={testId}
      onCancel={(event) => {
        event.preventDefault()
        onClose()
      }}
      onClick={(event) => {
        if (event.target === ref.current) onClose()
      }}
    >
      <div className={styles.inner}>
        <header className={styles.head}>
          <h2 id={id}>{title}</h2>
          <Button variant="quiet" icon="close" label={closeLabel} onClick={onClose} />
        </header>
        <div className={styles.body} tabIndex={0} role="group" aria-labelledby={id}>
          {children}
        </div>
        {actions !== undefined && <footer className={styles.actions}>{actions}</footer>}
      </div>
    </dialog>
  )
}
