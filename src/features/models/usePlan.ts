// Asks the worker what a model would need, again whenever the options change. The newest question wins.

import { useEffect, useState } from 'react'
import { useModels, useSettings, type ErrorData, type ModelPlanSummary, type Packing } from '../../store/index.ts'

export interface PlanState {
  plan: ModelPlanSummary | null
  error: ErrorData | null
  busy: boolean
}

const asData = (error: unknown): ErrorData => {
  const known = error as Partial<ErrorData> & { message?: string }
  return { code: known.code ?? 'INTERNAL', message: known.message ?? String(error), facts: known.facts ?? {} }
}

/** @param packing of files that are not stored yet; a stored model has its own */
export function usePlan(target: string | readonly File[] | null, packing?: Packing): PlanState {
  const [state, setState] = useState<PlanState>({ plan: null, error: null, busy: false })
  const ask = useModels((s) => s.plan)
  const options = useSettings((s) => s.load)
  const longer = useSettings((s) => (typeof target === 'string' ? s.longer[target] : undefined))
  // what runs on the processor now was sent there by the page itself, and so will this one be
  const onProcessor = useModels((s) => s.active?.info?.device?.kind === 'cpu')
  const own = useSettings((s) => (typeof target === 'string' ? s.packing[target] : packing))
  useEffect(() => {
    if (target === null) return setState({ plan: null, error: null, busy: false })
    let newest = true
    setState((before) => ({ ...before, busy: true }))
    const isFree = options.device === undefined || options.device === 'auto'
    ask(target, { ...options, ...own, ...(isFree && onProcessor && { device: 'cpu' as const }) }).then(
      (plan) => {
        if (newest) setState({ plan, error: null, busy: false })
      },
      (error: unknown) => {
        if (newest) setState({ plan: null, error: asData(error), busy: false })
      },
    )
    return () => {
      newest = false
    }
  }, [target, options, longer, own, ask, onProcessor])
  return state
}

export { asData }
