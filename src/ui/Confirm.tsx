// A button that asks once more in place before it does what cannot be undone.

import { useEffect, useRef, useState } from 'react'
import { Button } from './Button.tsx'
import styles from './Confirm.module.css'

interface Props {
  label: string
  question: string
  yes: string
  no: string
  onConfirm: () => void
  iconOnly?: boolean
  testId?: string
}

export function Confirm({ label, question, yes, no, onConfirm, iconOnly, testId }: Props) {
  const [asking, setAsking] = useState(false)
  const yesButton = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (asking) yesButton.current?.querySelector('button')?.focus()
  }, [asking])
  if (!asking) {
    return (
      <Button
        variant="quiet"
        icon="trash"
        label={iconOnly ? label : undefined}
        data-testid={testId}
        onClick={() => setAsking(true)}
      >
        {iconOnly ? undefined : label}
      </Button>
    )
  }
  return (
    <div
      className={styles.confirm}
      role="group"
      aria-label={question}
      ref={yesButton}
      onKeyDown={(event) => {
        if (event.key === 'Escape') {
          event.stopPropagation()
          setAsking(false)
        }
      }}
    >
      <span>{question}</span>
      <Button
        variant="danger"
        data-testid={testId && `${testId}-confirm`}
        onClick={() => {
          setAsking(false)
          onConfirm()
        }}
      >
        {yes}
      </Button>
      <Button variant="quiet" onClick={() => setAsking(false)}>
        {no}
      </Button>
    </div>
  )
}
