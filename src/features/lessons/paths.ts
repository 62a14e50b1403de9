// Three ways through the lessons. A lesson that is not here is left out of all of them.

import { lessons } from './data/index.ts'

export const pathNames = ['school', 'self', 'engineer'] as const
export type PathName = (typeof pathNames)[number]

const id = (n: number): string => `l${String(n).padStart(2, '0')}`
/** By number: eight for a class in the order they are taught best; for engineers what serving and tuning are made of first. */
const school = [1, 2, 6, 19, 24, 18, 13, 26].map(id)
const engineer = [20, 21, 22, 23].map(id)

const all = Object.keys(lessons).sort()
const here = (ids: readonly string[]): string[] => ids.filter((one) => Object.hasOwn(lessons, one))

export const paths: Readonly<Record<PathName, readonly string[]>> = {
  school: here(school),
  self: all,
  engineer: [...here(engineer), ...all.filter((one) => !engineer.includes(one))],
}

/** What comes after a lesson on a path; null at its end, or where the lesson is not on it. */
export const after = (path: PathName, lesson: string): string | null => {
  const at = paths[path].indexOf(lesson)
  return at < 0 ? null : (paths[path][at + 1] ?? null)
}
