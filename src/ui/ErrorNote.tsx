// An error in the reader's words: what happened, what to do, and the engine's own sentence to unfold. That a view does not
// apply to a model is no fault: it is said calmly, and there is nothing to unfold.

import type { ReactNode } from 'react'
import { Notice } from './Notice.tsx'
import styles from './ErrorNote.module.css'
import { plainName } from './plain-name.ts'

interface Props {
  title: string
  text: string
  todo: string
  hint?: ReactNode
  code: string
  message: string
  details: string
  actions?: ReactNode
}

export function ErrorNote({ title, text, todo, hint, code, message, details, actions }: Props) {
  const fact = code === 'VIEW_ABSENT'
  return (
    <Notice
      tone={fact ? 'info' : 'bad'}
      title={plainName(title)}
      testId={fact ? 'view-absent' : 'error'}
      code={code}
      actions={actions}
    >
      <p>
        <bdi>{plainName(text)}</bdi>
      </p>
      <p>
        <bdi>{plainName(todo)}</bdi>
      </p>
      {hint !== undefined && <p>{hint}</p>}
      {!fact && (
        <details className={styles.details}>
          <summary>{details}</summary>
          <p>
            <code>{code}</code> <span lang="en">{plainName(message)}</span>
          </p>
        </details>
      )}
    </Notice>
  )
}
