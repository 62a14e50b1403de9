// What can be chosen before loading: the length of the model's memory, and how float weights are packed.

import { useId } from 'react'
import { useFormats, useT } from '../../i18n/index.tsx'
import { useSettings, type LoadRequest, type ModelPlanSummary } from '../../store/index.ts'
import styles from './Plan.module.css'
import { contextChoices } from './rows.ts'

export function PlanOptions({ plan }: { plan: ModelPlanSummary }) {
  const t = useT()
  const format = useFormats()
  const id = useId()
  const { load, setLoad } = useSettings()
  return (
    <div className={styles.options}>
      <label htmlFor={`${id}-context`}>{t.plan.context}</label>
      <select id={`${id}-context`} data-testid="context-select" value={plan.context} onChange={(event) => setLoad({ context: Number(event.target.value) })}>
        {contextChoices(plan.maxContext, plan.context).map((length) => <option key={length} value={length}>{t.chat.tokens(length)}</option>)}
      </select>
      <p>{t.plan.contextHint(format.number(plan.maxContext))}</p>
      <label htmlFor={`${id}-linear`}>{t.plan.packing}</label>
      <select id={`${id}-linear`} data-testid="linear-select" value={load.linear ?? 'nf4'} onChange={(event) => setLoad({ linear: event.target.value as LoadRequest['linear'] })}>
        <option value="nf4">{t.plan.nf4}</option>
        <option value="keep">{t.plan.keep}</option>
      </select>
      <p>{t.plan.packingHint}</p>
    </div>
  )
}
