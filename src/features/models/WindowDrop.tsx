// Model files dropped anywhere in the window, on any panel. Always mounted, with the file input that buttons open.

import { useEffect, useState } from 'react'
import { useT } from '../../i18n/index.tsx'
import { Icon } from '../../ui/icons.tsx'
import { droppedFiles } from './dropped.ts'
import { fileInputId, usePending } from './pending.ts'
import styles from './WindowDrop.module.css'

/** A recorded run is no model: the panels open it. A damaged one is told about where recordings are offered. */
async function lookAt(recording: File): Promise<void> {
  const { useInspect } = await import('../../store/inspect.ts')
  await useInspect.getState().openTrace(recording)
  if (!/^#\/(attention|probabilities|lens|inside)\b/.test(location.hash)) location.hash = '#/attention'
}

export function WindowDrop() {
  const t = useT()
  const [over, setOver] = useState(false)
  const offer = usePending((s) => s.offer)

  useEffect(() => {
    let depth = 0
    const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false
    const take = (files: readonly File[]) => {
      if (files.length === 0) return
      const recording = files.find((file) => file.name.endsWith('.glasstrace'))
      if (recording) { void lookAt(recording); return }
      offer(files)
      location.hash = '#/models'
    }
    const enter = (event: DragEvent) => { if (hasFiles(event)) { depth++; setOver(true) } }
    const leave = (event: DragEvent) => { if (hasFiles(event) && --depth <= 0) { depth = 0; setOver(false) } }
    const hover = (event: DragEvent) => { if (hasFiles(event)) event.preventDefault() }
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
  }, [offer])

  return (
    <>
      <input id={fileInputId} type="file" multiple hidden data-testid="file-input" aria-label={t.models.pick}
        onChange={(event) => {
          const files = [...event.target.files ?? []]
          event.target.value = ''
          if (files.length > 0) { offer(files); location.hash = '#/models' }
        }} />
      {over && <div className={styles.veil}><p><Icon name="file" size={32} />{t.models.dropHere}</p></div>}
    </>
  )
}
