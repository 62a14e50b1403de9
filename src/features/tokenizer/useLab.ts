// Asking the tokenizer in the worker: the newest question wins, the old answer stays on screen meanwhile.

import { useEffect, useRef, useState } from 'react'
import { getClient, type Client, type ErrorData } from '../../store/index.ts'
import { toData } from '../../store/client.ts'

export interface Answer<T> {
  data: T | null
  error: ErrorData | null
  fresh: boolean
}

/** @param key names the question and the tokenizer it is asked of; null asks nothing */
export function useLab<T>(key: string | null, question: (lab: Client['tokenizer']) => Promise<T>): Answer<T> {
  const [held, setHeld] = useState<{ key: string | null; data: T | null; error: ErrorData | null }>({
    key: null,
    data: null,
    error: null,
  })
  const asked = useRef(question)
  useEffect(() => {
    asked.current = question
  })
  useEffect(() => {
    if (key === null) return
    let here = true
    asked.current(getClient().tokenizer).then(
      (data) => {
        if (here) setHeld({ key, data, error: null })
      },
      (error: unknown) => {
        if (here) setHeld({ key, data: null, error: toData(error) })
      },
    )
    return () => {
      here = false
    }
  }, [key])
  return {
    data: key === null ? null : held.data,
    error: held.key === key ? held.error : null,
    fresh: key !== null && held.key === key,
  }
}
