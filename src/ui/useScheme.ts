// Whether the page is light or dark now, for what is painted rather than styled.

import { useSyncExternalStore } from 'react'
import type { Scheme } from './colors.ts'

const query = () => matchMedia('(prefers-color-scheme: dark)')
const read = (): Scheme => {
  const forced = document.documentElement.dataset['theme']
  return forced === 'light' || forced === 'dark' ? forced : query().matches ? 'dark' : 'light'
}
function subscribe(changed: () => void): () => void {
  const observer = new MutationObserver(changed)
  observer.observe(document.documentElement, { attributeFilter: ['data-theme'] })
  const media = query()
  media.addEventListener('change', changed)
  return () => { observer.disconnect(); media.removeEventListener('change', changed) }
}

export const useScheme = (): Scheme => useSyncExternalStore(subscribe, read)
