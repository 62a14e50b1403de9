// Two on one set, one after the other: which model, adapters and settings each has, and whose turn it is.

import { useEffect, useId, useState } from 'react'
import { evaluate as words } from '../../i18n/panels/evaluate.ts'
import { usePanelText } from '../../i18n/panels/index.ts'
import { useEvaluate } from '../../store/evaluate/index.ts'
import { areAlike, useTwo, type Side, type Which } from '../../store/evaluate/two.ts'
import { useChat, useModels } from '../../store/index.ts'
import { thatDo, useStoredKinds } from '../../store/stored-kinds.ts'
import { Button } from '../../ui/Button.tsx'
import { Progress } from '../../ui/Progress.tsx'
import styles from './Panel.module.css'

/** @param cannot why nothing can be asked now; null: it can */
export function Two({ cannot }: { cannot: string | null }) {
  const t = usePanelText(words).two
  const { a, b, at, stopping, compare, stop } = useTwo()
  const locked = useEvaluate((s) => s.running !== null || s.paired)
  const active = useModels((s) => s.active)
  const alike = areAlike({ a, b }, active?.id ?? null)
  // whoever comes back in the middle of it finds its stop button
  const [open, setOpen] = useState(at !== null)
  const loading = at !== null && active?.state === 'loading' ? active : null
  return (
    <details
      data-testid="evaluate-two"
      data-at={at ?? 'none'}
      open={open}
      onToggle={({ currentTarget }) => setOpen(currentTarget.open)}
    >
      <summary>{t.title}</summary>
      <div className={styles.two}>
        <p className={styles.note}>{t.hint}</p>
        <OneSide which="a" locked={locked} />
        <OneSide which="b" locked={locked} />
        <div className={styles.actions}>
          {at !== null ? (
            <>
              <Button icon="stop" disabled={stopping || at === 'back'} onClick={stop} data-testid="evaluate-two-stop">
                {t.stop}
              </Button>
              <span role="status">{t.now[at]}</span>
            </>
          ) : (
            <Button
              disabled={cannot !== null || locked || alike}
              onClick={() => void compare()}
              data-testid="evaluate-two-start"
            >
              {t.start}
            </Button>
          )}
          {at === null && alike && <span className={styles.note}>{t.alike}</span>}
        </div>
        {loading && (
          <Progress
            label={t.loading(loading.name)}
            value={loading.progress?.loaded ?? 0}
            total={loading.progress?.total || null}
            start={t.loading(loading.name)}
          />
        )}
      </div>
    </details>
  )
}

function OneSide({ which, locked }: { which: Which; locked: boolean }) {
  const t = usePanelText(words)
  const id = useId()
  const side = useTwo((s) => s[which])
  const setSide = useTwo((s) => s.setSide)
  const home = useTwo((s) => s.home)
  const active = useModels((s) => s.active)
  const stored = useModels((s) => s.stored)
  const look = useStoredKinds((s) => s.look)
  const isIdle = useChat((s) => s.status === 'idle')
  // what a model can do is asked of its files, which wait for an answer that is being written
  useEffect(() => {
    if (isIdle) void look()
  }, [look, stored, isIdle])
  useStoredKinds((s) => s.does)
  const writers = thatDo('generate').filter((one) => one.id !== active?.id || one.id === side.model)
  const number = (name: 'temperature' | 'maxTokens' | 'strength', label: string, most: number, step: number) => (
    <label>
      {label}
      <input
        type="number"
        min={name === 'maxTokens' ? 1 : 0}
        max={most}
        step={step}
        value={side[name]}
        onChange={({ target }) => setSide(which, { [name]: target.valueAsNumber } as Partial<Side>)}
        data-testid={`evaluate-${which}-${name}`}
      />
    </label>
  )
  return (
    <fieldset className={styles.settings} disabled={locked} aria-labelledby={id}>
      <b id={id}>{t.two[which]}</b>
      <label>
        {t.two.model}
        <select
          value={side.model ?? ''}
          onChange={({ target }) => setSide(which, { model: target.value === '' ? null : target.value })}
          data-testid={`evaluate-${which}-model`}
        >
          <option value="">{t.two.loaded(home ?? active?.name ?? '–')}</option>
          {writers.map(({ id: model, name }) => (
            <option key={model} value={model}>
              {name}
            </option>
          ))}
        </select>
      </label>
      {number('temperature', t.temperature, 2, 0.1)}
      {number('maxTokens', t.maxTokens, 1024, 1)}
      {number('strength', t.two.strength, 1, 0.1)}
    </fieldset>
  )
}
