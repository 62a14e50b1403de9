// Where a lesson comes from: those of this page by their line in data/index.ts, those of a teacher out of the files that
// the reader added, checked anew every time.

import { useNotes } from '../../store/lessons/notes.ts'
import { lessons, type OpenLesson } from './data/index.ts'

const open = new Map<string, Promise<OpenLesson>>()

/** @returns null where there is no such lesson. @throws LESSON_INVALID of a file */
export async function loadLesson(id: string): Promise<OpenLesson | null> {
  if (Object.hasOwn(lessons, id)) {
    const known = open.get(id) ?? lessons[id]!()
    open.set(id, known)
    return known.catch((error: unknown) => {
      open.delete(id) // offline before it was kept: the next try may find it
      throw error
    })
  }
  await useNotes.getState().start()
  const { files } = useNotes.getState()
  if (!Object.hasOwn(files, id)) return null
  const { readLesson } = await import('../../lessons/read.ts')
  return readLesson(files[id]!.text)
}
