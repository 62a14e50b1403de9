// Which path the reader is on: kept like the other choices of this browser.

import { create } from 'zustand'
import { kept } from '../../store/kept.ts'
import { pathNames, type PathName } from './paths.ts'

const key = 'glassbox.lessons.path'

export const useChosen = create<{ path: PathName }>()(() => ({
  path: pathNames.find((name) => name === kept.getItem(key)) ?? 'self',
}))
export const choosePath = (path: PathName): void => {
  kept.setItem(key, path)
  useChosen.setState({ path })
}
