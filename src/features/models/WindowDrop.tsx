// Files of models and adapters dropped anywhere in the window, on any panel. Always mounted, with the file input that
// buttons open.

import { useCallback, useEffect, useState } from 'react'
import { useExplain, useT } from '../../i18n/index.tsx'
import type { ErrorData } from '../../store/index.ts'
import { Button } from '../../ui/Button.tsx'
import { ErrorNote } from '../../ui/ErrorNote.tsx'
import { Icon } from '../../ui/icons.tsx'
import { droppedFiles, sorted } from './dropped.ts'
import { addAdapters, fileInputId, usePending } from './pending.ts'
import styles from './WindowDrop.module.css'

/** A recorded run is no model: the panels that look inside open it. Tells what is wrong with a damaged one. */
async function lookAt(recording: File): Promise<ErrorData | null> {
  const { useInspect } = await import('../../store/inspect.ts')
  const error = await useInspect.getState().openRecording(recording)
  if (!error && !/^#\/(attention|probabilities|lens|inside)\b/.test(location.hash)) location.hash = '#/attention'
  return error
}

export function WindowDrop() {
  const t = useT()
  const explain = useExplain()
  const [over, setOver] = useState(false)
  const [refused, setRefused] = useState<ErrorData | null>(null)
  const offer = usePending((s) => s.offer)

  const take = useCallback(
    (files: readonly File[]) => {
      if (files.length === 0) return
      const recording = files.find((file) => file.name.endsWith('.glasstrace'))
      setRefused(null)
      if (recording) {
        void lookAt(recording).then(setRefused)
        return
      }
      const { adapters, model } = sorted(files, location.hash.startsWith('#/adapters'))
      if (adapters.length > 0) addAdapters(adapters, model.length === 0)
      if (model.length === 0) return
      offer(model)
      location.hash = '#/models'
    },
    [offer],
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
      void droppedFiles(event.dataTransfer).then(take, () => take([]))
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
          take(files)
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
