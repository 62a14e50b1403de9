// What can be chosen before loading: the length of the model's memory, and how float weights are packed.

import { useId } from 'react'
import { useFormats, useT } from '../../i18n/index.tsx'
import { usePanelText } from '../../i18n/panels/index.ts'
import { modelWords } from '../../i18n/panels/models.ts'
import { useSettings, type ModelPlanSummary, type Packing } from '../../store/index.ts'
import styles from './Plan.module.css'
import { contextChoices } from './rows.ts'

/** `model`: its id, when a context beyond the trained one can be kept for it */
export function PlanOptions({
  plan,
  model,
  packing,
  setPacking,
}: {
  plan: ModelPlanSummary
  model: string | null
  packing: Packing
  setPacking: (packing: Packing) => void
}) {
  const t = useT()
  const format = useFormats()
  const words = usePanelText(modelWords)
  const id = useId()
  const { setLoad, setLonger } = useSettings()
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
      <label htmlFor={`${id}-context`}>{t.plan.context}</label>
      <select
        id={`${id}-context`}
        data-testid="context-select"
        value={plan.context}
        onChange={(event) => choose(Number(event.target.value))}
      >
        {within.map(option)}
        {model !== null && beyond.length > 0 && <optgroup label={t.plan.beyond}>{beyond.map(option)}</optgroup>}
      </select>
      <p>{t.plan.contextHint(format.number(plan.maxContext))}</p>
      <label htmlFor={`${id}-linear`}>{t.plan.packing}</label>
      <select
        id={`${id}-linear`}
        data-testid="linear-select"
        value={packing.linear ?? 'usual'}
        onChange={({ target: { value } }) =>
          setPacking({ ...packing, linear: value === 'usual' ? undefined : (value as Packing['linear']) })
        }
      >
        <option value="usual">{words.usual}</option>
        <option value="keep">{t.plan.keep}</option>
        <option value="nf4">{t.plan.nf4}</option>
        <option value="i8">i8</option>
        <option value="f16">F16</option>
      </select>
      <p>{plan.formats.packed ? words.packedHint : t.plan.packingHint}</p>
    </div>
  )
}
