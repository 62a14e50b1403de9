// Whether this window is shown to a class, in which room, and what it says of the lesson. Small: the page asks it at every
// start. What speaks to other windows is in present.ts.

import { create } from 'zustand'
import type { LessonOnShow } from './message.ts'
import { isRoom, newRoom } from './room.ts'

/** For the presenter alone: nothing of it leaves the window. */
export interface LessonNotes {
  /** the right answer, in words; null: nothing is asked, or none is said to be right */
  answer: string | null
  /** the belief behind each other answer */
  replies: { option: string; reply: string }[]
  /** what to say once the number is there, or, at the end, aloud */
  say: string
  /** the whole lesson is meant to take so long */
  minutes: number
}

export interface Presenting {
  /** null: nothing is presented */
  room: string | null
  lesson: LessonOnShow | null
  notes: LessonNotes | null
  /** following windows keep what they show */
  frozen: boolean
  /** following windows show large type whatever this one shows */
  large: boolean
}

const key = 'glassbox.class'
/** a reload goes on presenting: the windows that follow are still there */
function kept(): string | null {
  try {
    const room = sessionStorage.getItem(key)
    return room !== null && isRoom(room) ? room : null
  } catch {
    return null
  }
}

export const usePresenting = create<Presenting>()(() => ({
  room: kept(),
  lesson: null,
  notes: null,
  frozen: false,
  large: true,
}))

usePresenting.subscribe(({ room }) => {
  try {
    if (room === null) sessionStorage.removeItem(key)
    else sessionStorage.setItem(key, room)
  } catch {
    /* a private window: as long as the page */
  }
})

export const startPresenting = (): string => {
  const room = usePresenting.getState().room ?? newRoom()
  usePresenting.setState({ room, frozen: false })
  return room
}
export const stopPresenting = (): void => usePresenting.setState({ room: null })

/** What the lesson on screen says: to the class, and to the presenter. */
export const teach = (lesson: LessonOnShow | null, notes: LessonNotes | null): void =>
  usePresenting.setState({ lesson, notes })

/** Route of a window that follows: #/follow/AB12 */
export const followRoute = 'follow'
export const followed = (hash: string): string | null => {
  const room = new RegExp(`^#/${followRoute}/([A-Z0-9]{4})\\b`).exec(hash)?.[1]
  return room ?? null
}
