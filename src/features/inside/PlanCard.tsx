// The Plan as it runs: every step with its op, weight and bytes; timed on demand.

import { useState } from 'react'
import { useModels } from '../../store/index.ts'
import { useInspect } from '../../store/inspect.ts'
import { Button } from '../../ui/Button.tsx'
import { Figure } from '../../ui/Figure.tsx'
import { Segmented } from '../../ui/Segmented.tsx'
import cards from './Cards.module.css'
import { useRun } from './run.ts'
import { stepsOfPart } from './sites.ts'
import { useView } from './view.ts'

/** Rows at most: the text holds all of them at the cost of one. */
const max = 90

export function PlanCard() {
  const { info, t, common, plan, layer, part, format } = useRun()
  const { timed, set } = useView()
  const glass = useInspect((s) => s.glass)
  const writing = useInspect((s) => s.writing)
  const [scope, setScope] = useState<'here' | 'all' | 'text'>('here')
  const [copied, setCopied] = useState(false)
  const dispatches = useModels(({ active }) =>
    active?.info?.device?.kind === 'gpu' ? active.info.dispatchesPerToken : null,
  )
  const [state, setState] = useState<'idle' | 'busy' | { error: string }>('idle')
  const steps = scope === 'here' ? stepsOfPart(plan, part, layer) : plan.steps
  const times = timed?.model === info.model ? new Map(timed.steps.map((s) => [s.name, s.microseconds])) : null
  const longest = times ? Math.max(1e-9, ...steps.map((s) => times.get(s.name) ?? 0)) : 1
  const spent = times ? steps.reduce((sum, s) => sum + (times.get(s.name) ?? 0), 0) : 0
  const copy = () =>
    navigator.clipboard.writeText(plan.text).then(
      () => {
        setCopied(true)
        setTimeout(() => setCopied(false), 2000)
      },
      (error: unknown) => setState({ error: (error as Error).message }),
    )
  const measure = async () => {
    setState('busy')
    try {
      set({ timed: { model: info.model, steps: await glass!.timings() } })
      setState('idle')
    } catch (error) {
      setState({ error: (error as Error).message })
    }
  }
  return (
    <Figure
      title={t.plan.title}
      words={common.figure}
      source={info.source}
      caption={t.plan.caption}
      testId="inside-plan"
      files={{
        name: 'plan',
        numbers: () => ({ model: info.model, text: plan.text, steps: plan.steps, timings: timed?.steps ?? null }),
        array: () => ({
          shape: [plan.steps.length, 2],
          data: Float64Array.from(plan.steps.flatMap((s) => [s.bytes, times?.get(s.name) ?? NaN])),
        }),
      }}
    >
      <div className={cards.fields}>
        <Segmented
          label={t.plan.show}
          value={scope}
          onChange={setScope}
          options={[
            { value: 'here', text: t.plan.here },
            { value: 'all', text: t.plan.all },
            { value: 'text', text: t.plan.asText },
          ]}
        />
        <Button disabled={writing || state === 'busy' || !glass} onClick={() => void measure()} data-testid="plan-time">
          {state === 'busy' ? t.plan.measuring : t.plan.measure}
        </Button>
        {scope === 'text' && (
          <Button icon={copied ? 'check' : 'copy'} onClick={() => void copy()} data-testid="plan-copy">
            {copied ? t.plan.copied : t.plan.copy}
          </Button>
        )}
      </div>
      {writing && <p className={cards.note}>{t.plan.busy}</p>}
      {typeof state === 'object' && (
        <p className={cards.note} role="alert">
          {state.error}
        </p>
      )}
      {scope === 'text' ? (
        <pre className={cards.text} tabIndex={0} role="region" aria-label={t.plan.text} data-testid="plan-text">
          {plan.text}
        </pre>
      ) : (
        <div className={cards.scroll} tabIndex={0} role="region" aria-label={t.plan.title}>
          <table data-testid="plan-steps">
            <thead>
              <tr>
                <th scope="col">{t.plan.step}</th>
                <th scope="col">{t.plan.op}</th>
                {times && <th scope="col">{t.plan.time}</th>}
                <th scope="col">{t.plan.bytes}</th>
                <th scope="col">{t.plan.weight}</th>
              </tr>
            </thead>
            <tbody>
              {steps.slice(0, max).map((s, i) => (
                <tr key={`${s.name} ${i}`}>
                  <th scope="row">
                    <code>{s.name}</code>
                  </th>
                  <td>{s.op}</td>
                  {times && (
                    <td style={{ position: 'relative' }}>
                      {times.has(s.name) && (
                        <>
                          <span
                            className={cards.bar}
                            style={{ inlineSize: `${(100 * times.get(s.name)!) / longest}%` }}
                          />
                          <span style={{ position: 'relative' }}>{format.short(times.get(s.name)!)} µs</span>
                        </>
                      )}
                    </td>
                  )}
                  <td>{s.bytes ? format.bytes(s.bytes) : '–'}</td>
                  <td title={s.weights.join(' + ') || undefined}>
                    {s.weights.map((w) => w.replace(/^model\.(layers\.\d+\.)?|\.weight$/g, '')).join(' + ') || '–'}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <p className={cards.note}>
        {steps.length > max && <>{t.plan.more(steps.length - max)} </>}
        {t.plan.total(steps.length, format.bytes(steps.reduce((sum, s) => sum + s.bytes, 0)))}
        {scope !== 'here' && info.source === 'live' && dispatches !== null && <> {t.plan.dispatches(dispatches)}</>}
        {spent > 0 && <> {t.plan.spent(t.map.time(spent))}</>}
        {times && (
          <>
            <br />
            {t.plan.slower}
          </>
        )}
      </p>
    </Figure>
  )
}
