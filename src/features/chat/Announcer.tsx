// What a screen reader says of the running answer, sentence by sentence. The region that is read aloud is the panel's:
// it must be there before its first words.

import { useEffect, useRef, useState } from 'react'
import { useChat } from '../../store/index.ts'
import { finishedUpTo } from './sentences.ts'

export function Announcer() {
  const last = useChat((s) => s.messages.at(-1))
  const said = useRef({ id: '', upTo: 0 })
  const [text, setText] = useState('')
  useEffect(() => {
    if (last?.role !== 'assistant') return
    const streaming = last.state === 'streaming'
    if (said.current.id !== last.id) {
      // an old answer that was only opened is not news
      said.current = { id: last.id, upTo: streaming ? 0 : last.content.length }
    }
    const upTo = finishedUpTo(last.content, said.current.upTo, !streaming)
    if (upTo <= said.current.upTo) return
    setText(last.content.slice(said.current.upTo, upTo).trim())
    said.current.upTo = upTo
  }, [last])
  return text
}
