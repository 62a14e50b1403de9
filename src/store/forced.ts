// What this visit takes away from a graphics device (LoadOptions.force), to see what others see: `?device=gpu,f32` of
// the page's address. It is of the visit, never kept: a word that is none would fail every load from then on.

import type { LoadRequest } from '../worker/protocol.ts'

let force = ''

export const forceDevice = (text: string): void => {
  force = text
}
export const withForce = (options: LoadRequest): LoadRequest => (force === '' ? options : { ...options, force })
