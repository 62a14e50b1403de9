// The first panel: a conversation, or, with a model that reads texts whole, a text to read; then the conversation that
// was open stays one press away.

import { lazy, useState } from 'react'
import { useChat, useModels } from '../store/index.ts'
import { readsOnly } from '../store/able.ts'

const Chat = lazy(() => import('../features/chat/index.ts'))
const Read = lazy(() => import('../features/read/index.ts'))

export function Talk() {
  const model = useModels((s) => (s.active?.state === 'ready' && readsOnly(s.active.info) ? s.active.id : null))
  const open = useChat((s) => s.messages.length > 0)
  /** the reading model that the chat is looked at in spite of */
  const [aside, setAside] = useState<string | null>(null)
  if (model === null) return <Chat />
  return open && aside === model ? (
    <Chat onRead={() => setAside(null)} />
  ) : (
    <Read onChat={open ? () => setAside(model) : undefined} />
  )
}
