// One .json file dropped on the page, or chosen, is opened as the second tokenizer, and so is one that a lesson asks for
// by its name. While this panel is open it looks at drags first; anything else that is dropped goes on to the models.

import { useEffect, useState } from 'react'
import { getClient, type ErrorData } from '../../store/index.ts'
import { toData } from '../../store/client.ts'
import { tokenizerFile } from '../../store/lessons/parts.ts'
import { useView } from './view.ts'

export interface Dropped {
  over: boolean
  busy: boolean
  error: ErrorData | null
  take: (file: File) => Promise<void>
  /** one of public/lessons; null: the loaded model's is shown again */
  takeNamed: (id: string | null) => Promise<void>
}

let serial = 0
const only = (data: DataTransfer | null): boolean =>
  data !== null && data.items.length === 1 && data.items[0]!.kind === 'file' && /json|^$/.test(data.items[0]!.type)

export function useDropped(): Dropped {
  const set = useView((s) => s.set)
  const [over, setOver] = useState(false)
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<ErrorData | null>(null)

  const [{ take, takeNamed }] = useState(() => {
    const opening = async (find: () => Promise<File | null>, change: { which?: 'other' }): Promise<void> => {
      setBusy(true)
      setError(null)
      try {
        const file = await find()
        if (!file) return
        const facts = await getClient().tokenizer.open(file)
        set({ other: { name: file.name.replace(/\.json$/i, ''), facts, serial: ++serial }, ...change })
      } catch (problem) {
        setError(toData(problem))
      } finally {
        setBusy(false)
      }
    }
    return {
      take: (file: File) => opening(() => Promise.resolve(file), {}),
      takeNamed: async (id: string | null) =>
        id === null ? set({ which: 'loaded' }) : opening(() => tokenizerFile(id), { which: 'other' }),
    }
  })

  useEffect(() => {
    let depth = 0
    const enter = (event: DragEvent) => {
      if (only(event.dataTransfer)) {
        event.stopPropagation()
        if (++depth === 1) setOver(true)
      }
    }
    const leave = (event: DragEvent) => {
      if (only(event.dataTransfer)) {
        event.stopPropagation()
        if (--depth <= 0) {
          depth = 0
          setOver(false)
        }
      }
    }
    const hover = (event: DragEvent) => {
      if (only(event.dataTransfer)) {
        event.preventDefault()
        event.stopPropagation()
      }
    }
    const drop = (event: DragEvent) => {
      depth = 0
      setOver(false)
      const files = [...(event.dataTransfer?.files ?? [])]
      if (files.length !== 1 || !/\.json$/i.test(files[0]!.name)) return
      event.preventDefault()
      event.stopPropagation()
      void take(files[0]!)
    }
    const list = [
      ['dragenter', enter],
      ['dragleave', leave],
      ['dragover', hover],
      ['drop', drop],
    ] as const
    for (const [name, listen] of list) addEventListener(name, listen, true)
    return () => {
      for (const [name, listen] of list) removeEventListener(name, listen, true)
    }
  }, [take])
  return { over, busy, error, take, takeNamed }
}
