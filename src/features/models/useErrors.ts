// Asks the worker how far a model's weights would be from what its files hold, once for as long as it is looked at; who
// looks away stops it.

import { useEffect, useState } from 'react'
import { useModels, type Counted, type ErrorData, type WeightErrors } from '../../store/index.ts'
import { asData } from './usePlan.ts'

export interface ErrorsState {
  errors: WeightErrors | null
  progress: Counted | null
  error: ErrorData | null
}

const nothing: ErrorsState = { errors: null, progress: null, error: null }

export function useErrors(target: string | readonly File[]): ErrorsState {
  const [state, setState] = useState(nothing)
  const ask = useModels((s) => s.weightErrors)
  useEffect(() => {
    const stop = new AbortController()
    const show = (change: Partial<ErrorsState>): void => {
      if (!stop.signal.aborted) setState((before) => ({ ...before, ...change }))
    }
    setState(nothing)
    ask(target, { signal: stop.signal, onProgress: (progress) => show({ progress }) }).then(
      (errors) => show({ errors }),
      (error: unknown) => show({ error: asData(error) }),
    )
    return () => stop.abort()
  }, [target, ask])
  return state
}
