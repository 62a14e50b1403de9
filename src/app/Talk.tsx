// The first panel: a conversation, or, with a model that reads texts whole, a text to read.

import { lazy } from 'react'
import { useModels } from '../store/index.ts'

const Chat = lazy(() => import('../features/chat/index.ts'))
const Read = lazy(() => import('../features/read/index.ts'))

export function Talk() {
  const reads = useModels(
    (s) => s.active?.state === 'ready' && !(s.active.info?.does ?? ['generate']).includes('generate'),
  )
  return reads ? <Read /> : <Chat />
}
