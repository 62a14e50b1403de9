// What was stored here is gone, and it was not the reader: said on every panel until it is closed.

import { useState } from 'react'
import { useT } from '../i18n/index.tsx'
import { usePanelText } from '../i18n/panels/index.ts'
import { storageWords } from '../i18n/panels/storage.ts'
import { Button } from '../ui/Button.tsx'
import { Notice } from '../ui/Notice.tsx'
import styles from './App.module.css'

export default function Removed() {
  const t = useT()
  const words = usePanelText(storageWords)
  const [open, setOpen] = useState(true)
  if (!open) return null
  return (
    <div className={styles.note}>
      <Notice
        tone="warn"
        title={words.removedTitle}
        testId="data-removed"
        actions={
          <>
            <Button
              onClick={() => {
                location.hash = '#/storage'
              }}
            >
              {words.toStorage}
            </Button>
            <Button variant="quiet" onClick={() => setOpen(false)}>
              {t.app.close}
            </Button>
          </>
        }
      >
        <p>{words.removedText}</p>
        <p>{words.removedTodo}</p>
      </Notice>
    </div>
  )
}
