// Which lesson stands beside the panels, and at which step. Apart from the rest, so that the page can tell without
// loading anything of lessons; it outlives a reload of this tab, and no other tab begins with it.

import { create } from 'zustand'

const key = 'glassbox.lesson'

export interface OpenLesson {
  /** null: none */
  id: string | null
  step: number
}

function kept(): OpenLesson {
  try {
    const [, id, step] = /^(\S{1,100}) (\d{1,3})$/.exec(sessionStorage.getItem(key) ?? '') ?? []
    return id === undefined ? { id: null, step: 0 } : { id, step: Number(step) }
  } catch {
    return { id: null, step: 0 }
  }
}

export const useLesson = create<OpenLesson>()(() => kept())

/** Opens a lesson, or goes to another step of it; null puts it away. */
export const openLesson = (id: string | null, step = 0): void => useLesson.setState({ id, step })

useLesson.subscribe(({ id, step }) => {
  try {
    if (id === null) sessionStorage.removeItem(key)
    else sessionStorage.setItem(key, `${id} ${step}`)
  } catch {
    /* a private window: the lesson is open as long as the page */
  }
})
