// What can be chosen before loading: the length of the model's memory, and how it is kept. What its weights become:
// Packing.tsx.

import { useId } from 'react'
import { useFormats, useT } from '../../i18n/index.tsx'
import { usePanelText } from '../../i18n/panels/index.ts'
import { planWords } from '../../i18n/panels/plan.ts'
import { kvCacheWords } from '../../i18n/panels/kv-cache.ts'
import { useSettings, type LoadRequest, type ModelPlanSummary } from '../../store/index.ts'
import styles from './Plan.module.css'
import { contextChoices } from './rows.ts'

/** `model`: its id, when a context beyond the trained one can be kept for it */
export function PlanOptions({ plan, model }: { plan: ModelPlanSummary; model: string | null }) {
  const t = useT()
  const inPlan = usePanelText(planWords)
  const format = useFormats()
  const id = useId()
  const words = usePanelText(kvCacheWords)
  const { setLoad, setLonger } = useSettings()
  const kvCache = useSettings((s) => s.load.kvCache) ?? 'f32'
  const { within, beyond } = contextChoices(plan.maxContext, plan.context, plan.contextLimit)
  const option = (length: number) => (
    <option key={length} value={length}>
      {t.chat.tokens(length)}
    </option>
  )
  const choose = (length: number) => {
    if (length > plan.maxContext) return setLonger(model!, length)
    if (model !== null) setLonger(model, null)
    setLoad({ context: length })
  }
  return (
    <div className={styles.options}>
      <label htmlFor={`${id}-context`}>{inPlan.context}</label>
      <select
        id={`${id}-context`}
        data-testid="context-select"
        value={plan.context}
        onChange={(event) => choose(Number(event.target.value))}
      >
        {within.map(option)}
        {model !== null && beyond.length > 0 && <optgroup label={inPlan.beyond}>{beyond.map(option)}</optgroup>}
      </select>
      <p>{inPlan.contextHint(format.number(plan.maxContext))}</p>
      <label htmlFor={`${id}-cache`}>{words.title}</label>
      <select
        id={`${id}-cache`}
        data-testid="cache-select"
        value={kvCache}
        onChange={(event) => setLoad({ kvCache: event.target.value as LoadRequest['kvCache'] })}
      >
        {Object.entries(words.choices).map(([choice, name]) => (
          <option key={choice} value={choice}>
            {name}
          </option>
        ))}
      </select>
      <p>{words.hints[kvCache]}</p>
    </div>
  )
}
