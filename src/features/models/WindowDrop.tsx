// Files of models and adapters dropped anywhere in the window, on any panel. Always mounted, with the file input that
// buttons open.

import { useCallback, useEffect, useState } from 'react'
import { useExplain, useT } from '../../i18n/index.tsx'
import type { ErrorData } from '../../store/index.ts'
import { Button } from '../../ui/Button.tsx'
import { ErrorNote } from '../../ui/ErrorNote.tsx'
import { Icon } from '../../ui/icons.tsx'
import type { Entry } from './folders.ts'
import { fileInputId } from './pending.ts'
import styles from './WindowDrop.module.css'

/** Chromium gives handles of what is dropped, by which it can be read where it lies. */
interface DroppedItem extends DataTransferItem {
  getAsFileSystemHandle?(): Promise<Entry | null>
}

export function WindowDrop() {
  const t = useT()
  const explain = useExplain()
  const [over, setOver] = useState(false)
  const [refused, setRefused] = useState<ErrorData | null>(null)
  const take = useCallback(
    (entries: readonly FileSystemEntry[], files: readonly File[], handles: readonly Promise<Entry | null>[] = []) => {
      setRefused(null)
      void import('./dropped.ts').then(async (dropped) => {
        setRefused(await dropped.take(await dropped.droppedFiles(entries, files, handles).catch(() => [])))
      })
    },
    [],
  )
  useEffect(() => {
    let depth = 0
    const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false
    const enter = (event: DragEvent) => {
      if (hasFiles(event)) {
        depth++
        setOver(true)
      }
    }
    const leave = (event: DragEvent) => {
      if (hasFiles(event) && --depth <= 0) {
        depth = 0
        setOver(false)
      }
    }
    const hover = (event: DragEvent) => {
      if (hasFiles(event)) event.preventDefault()
    }
    const drop = (event: DragEvent) => {
      if (!hasFiles(event) || !event.dataTransfer) return
      // also keeps the browser from leaving the page to show the file
      event.preventDefault()
      depth = 0
      setOver(false)
      // taken now: the lists are emptied after the event
      const { items, files } = event.dataTransfer
      const entries = [...items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null)
      const handles = [...items].flatMap((item: DroppedItem) =>
        item.kind === 'file' && item.getAsFileSystemHandle ? [item.getAsFileSystemHandle().catch(() => null)] : [],
      )
      take(entries, [...files], handles)
    }
    addEventListener('dragenter', enter)
    addEventListener('dragleave', leave)
    addEventListener('dragover', hover)
    addEventListener('drop', drop)
    return () => {
      removeEventListener('dragenter', enter)
      removeEventListener('dragleave', leave)
      removeEventListener('dragover', hover)
      removeEventListener('drop', drop)
    }
  }, [take])

  return (
    <>
      <input
        id={fileInputId}
        type="file"
        multiple
        hidden
        data-testid="file-input"
        aria-label={t.models.pick}
        onChange={(event) => {
          const files = [...(event.target.files ?? [])]
          event.target.value = ''
          take([], files)
        }}
      />
      {refused && (
        <div className={styles.refused} data-testid="drop-refused">
          <ErrorNote
            {...explain(refused)}
            code={refused.code}
            message={refused.message}
            details={t.app.details}
            actions={<Button onClick={() => setRefused(null)}>{t.app.close}</Button>}
          />
        </div>
      )}
      {over && (
        <div className={styles.veil}>
          <p>
            <Icon name="file" size={32} />
            {t.models.dropHere}
          </p>
        </div>
      )}
    </>
  )
}
