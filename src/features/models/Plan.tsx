// Before loading: the bytes a model needs on the device, against the device's limits, and what can be chosen.

import { useExplain, useFormats, useT } from '../../i18n/index.tsx'
import { usePanelText } from '../../i18n/panels/index.ts'
import { planWords } from '../../i18n/panels/plan.ts'
import { useNoticeText } from '../../i18n/useNoticeText.ts'
import {
  useChat,
  useModels,
  useSettings,
  type ActiveModel,
  type ErrorData,
  type ModelPlanSummary,
  type Packing as Chosen,
} from '../../store/index.ts'
import { Button } from '../../ui/Button.tsx'
import { ErrorNote } from '../../ui/ErrorNote.tsx'
import { FactList } from '../../ui/FactList.tsx'
import { NoticeList } from '../../ui/NoticeList.tsx'
import { Progress } from '../../ui/Progress.tsx'
import { StackBar } from '../../ui/StackBar.tsx'
import { Fit } from './Fit.tsx'
import { Packing } from './Packing.tsx'
import { PlanOptions } from './PlanOptions.tsx'
import styles from './Plan.module.css'
import { usePlan, type PlanState } from './usePlan.ts'

export function Plan({ target }: { target: string }) {
  const inPlan = usePanelText(planWords)
  const state = usePlan(target)
  const { active, load } = useModels()
  const { load: options, packing, setPacking } = useSettings()
  const writing = useChat((s) => s.status !== 'idle')
  const loaded = active?.id === target && active.state === 'ready' ? active.info : null
  const changed =
    loaded &&
    state.plan &&
    (state.plan.context !== loaded.context ||
      // the processor keeps keys and values as they are, whatever was chosen
      (loaded.device?.kind === 'gpu' && state.plan.bytes.cache !== loaded.bytes.cache) ||
      JSON.stringify(state.plan.formats.kinds) !== JSON.stringify(loaded.formats.kinds))
  return (
    <>
      <PlanView
        state={state}
        target={target}
        packing={packing[target] ?? {}}
        setPacking={(chosen) => setPacking(target, chosen)}
      />
      {changed && (
        <div className={styles.buttons}>
          <Button variant="primary" disabled={writing} onClick={() => void load(target, options)}>
            {inPlan.again}
          </Button>
        </div>
      )}
    </>
  )
}

/** hint: what else to say beside an error */
export function PlanView({
  state: { plan, error, busy },
  hint,
  target,
  packing,
  setPacking,
}: {
  state: PlanState
  hint?: string
  target: string | readonly File[]
  /** what the reader chose that its weights become */
  packing: Chosen
  setPacking: (packing: Chosen) => void
}) {
  const t = useT()
  const inPlan = usePanelText(planWords)
  const explain = useExplain()
  const noticeText = useNoticeText()
  if (error)
    return (
      <ErrorNote {...explain(error)} hint={hint} code={error.code} message={error.message} details={t.app.details} />
    )
  if (!plan) return <Progress label={inPlan.reading} value={0} total={null} start={inPlan.reading} />
  const left = plan.notices.filter(({ quiet }) => quiet)
  return (
    <div className={styles.plan} data-testid="plan" aria-busy={busy}>
      <PlanOptions plan={plan} model={typeof target === 'string' ? target : null} />
      <Packing plan={plan} target={target} packing={packing} setPacking={setPacking} />
      <NoticeList
        title={t.models.notices}
        items={plan.notices.filter(({ quiet }) => !quiet).map(noticeText)}
        testId="plan-notices"
      />
      {left.length > 0 && (
        <details className={styles.left} data-testid="plan-left">
          <summary>{inPlan.left(left.length)}</summary>
          {left.map((notice) => (
            <p key={notice.code}>{noticeText(notice)}</p>
          ))}
        </details>
      )}
      <Memory plan={plan} target={target} packing={packing} setPacking={setPacking} />
    </div>
  )
}

/** errors of a load that found no room */
const full: ReadonlySet<string> = new Set(['GPU_OUT_OF_MEMORY', 'CPU_OUT_OF_MEMORY', 'LIMIT_TOO_SMALL'])
/** That a load of this model found no room; null where none failed so. */
export const noRoom = (active: ActiveModel | null, target: unknown): ErrorData | null => {
  const error = active?.id === target ? active?.error : null
  return error && full.has(error.code) ? error : null
}
/**
 * What the plan of a failed load took, as this page first shows it. Plans are compared with that, never with the bytes of
 * the error: one buffer of many on a GPU, on the processor everything with what its threads need beside it.
 */
const failed = new WeakMap<ErrorData, number>()

function Memory({
  plan,
  target,
  packing,
  setPacking,
}: { plan: ModelPlanSummary } & Pick<Parameters<typeof PlanView>[0], 'target' | 'packing' | 'setPacking'>) {
  const inPlan = usePanelText(planWords)
  const format = useFormats()
  const adapter = useModels((s) => s.adapter)
  const choice = useSettings((s) => s.load.device)
  const running = useModels((s) => s.active?.info?.device?.kind)
  const error = useModels((s) => noRoom(s.active, target))
  const { bytes } = plan
  if (error && !failed.has(error)) failed.set(error, bytes.total)
  const refused = error ? failed.get(error)! : null
  // the processor's memory lies in one piece, whatever the sizes of its parts
  const bound = choice !== 'cpu' && (choice === 'gpu' || running !== 'cpu') ? adapter?.limits : undefined
  const limit = Math.min(bound?.['maxStorageBufferBindingSize'] ?? Infinity, bound?.['maxBufferSize'] ?? Infinity)
  return (
    <>
      <StackBar
        label={inPlan.memory}
        parts={[
          { name: inPlan.weights, value: bytes.weights, text: format.bytes(bytes.weights), tone: 'a' },
          { name: inPlan.cache, value: bytes.cache, text: format.bytes(bytes.cache), tone: 'b' },
          { name: inPlan.activations, value: bytes.activations, text: format.bytes(bytes.activations), tone: 'c' },
        ]}
      />
      <FactList
        facts={[
          { name: inPlan.total, value: format.bytes(bytes.total) },
          {
            name: inPlan.largest,
            value: Number.isFinite(limit)
              ? inPlan.ofLimit(format.bytes(bytes.largestBinding), format.bytes(limit))
              : format.bytes(bytes.largestBinding),
          },
          // isolated: a name may hold marks that turn the text around it
          ...(plan.title === null ? [] : [{ name: inPlan.title, value: `\u2068${plan.title}\u2069` }]),
          { name: inPlan.family, value: plan.family },
          { name: inPlan.parameters, value: format.number(plan.parameters) },
        ]}
      />
      <Fit
        plan={plan}
        target={target}
        packing={packing}
        setPacking={setPacking}
        piece={limit}
        device={bound ? 'gpu' : 'cpu'}
        refused={refused}
      />
      <details className={styles.steps}>
        <summary>{inPlan.steps}</summary>
        <pre tabIndex={0}>{plan.planText}</pre>
      </details>
    </>
  )
}
