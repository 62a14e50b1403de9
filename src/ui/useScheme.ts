// Whether the page is light or dark now, for what is painted rather than styled.

import { useSyncExternalStore } from 'react'
import type { Scheme } from './colors.ts'

const paper = () => matchMedia('print')
const query = () => matchMedia('(prefers-color-scheme: dark)')
const read = (): Scheme => {
  const forced = document.documentElement.dataset['theme']
  if (paper().matches) return 'light'
  // the system's own colours stand over the choice made here
  if (matchMedia('(forced-colors: active)').matches) return query().matches ? 'dark' : 'light'
  if (forced === 'light' || forced === 'projector') return 'light'
  return forced === 'dark' ? forced : query().matches ? 'dark' : 'light'
}
function subscribe(changed: () => void): () => void {
  const observer = new MutationObserver(changed)
  observer.observe(document.documentElement, { attributeFilter: ['data-theme'] })
  const all = [query(), paper()]
  for (const media of all) media.addEventListener('change', changed)
  return () => {
    observer.disconnect()
    for (const media of all) media.removeEventListener('change', changed)
  }
}

export const useScheme = (): Scheme => useSyncExternalStore(subscribe, read)
