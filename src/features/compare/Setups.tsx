// What each side is: its model, the strengths of the adapters, and what differs from the chat's settings.

import { useEffect, useId, useState } from 'react'
import { compareWords } from '../../i18n/panels/compare.ts'
import { usePanelText } from '../../i18n/panels/index.ts'
import { useAdapters } from '../../store/adapters.ts'
import { both, numbers, useCompare, wayOf, type Which, type Way } from '../../store/compare/index.ts'
import { useChat, useModels } from '../../store/index.ts'
import { parameters, sliders } from '../../store/stages.ts'
import { Button } from '../../ui/Button.tsx'
import { plainName } from '../../ui/plain-name.ts'
import styles from './Panel.module.css'

/** How the sides would be written as they are set, and whether they are the same. */
export function useWay(): { way: Way; alike: boolean } {
  const setups = useCompare((s) => s.setups)
  const home = useModels((s) => s.active?.id ?? '')
  const live = useAdapters((s) => s.live)
  const { params, system } = useChat()
  const way = wayOf(setups, home, Object.fromEntries(live.map(({ name, scale }) => [name, scale])))
  const { a, b } = setups
  const alike =
    way === 'turns' &&
    numbers.every((name) => (a.numbers[name] ?? params[name]) === (b.numbers[name] ?? params[name])) &&
    (a.system ?? system) === (b.system ?? system)
  return { way, alike }
}

export function Setups({ locked }: { locked: boolean }) {
  const t = usePanelText(compareWords)
  const { setups, reset } = useCompare()
  const start = useAdapters((s) => s.start)
  useEffect(() => void start(), [start])
  const touched = both.some((side) => {
    const { model, strengths, system, numbers: set } = setups[side]
    return model !== null || system !== null || Object.keys(strengths).length + Object.keys(set).length > 0
  })
  return (
    <>
      <div className={styles.sides}>
        {both.map((side) => (
          <Setup key={side} side={side} locked={locked} />
        ))}
      </div>
      {touched && !locked && (
        <p>
          <Button variant="quiet" icon="undo" onClick={reset} data-testid="compare-reset">
            {t.reset}
          </Button>
        </p>
      )}
    </>
  )
}

function Setup({ side, locked }: { side: Which; locked: boolean }) {
  const t = usePanelText(compareWords)
  const id = useId()
  const { setups, set } = useCompare()
  const own = setups[side]
  const { active, stored } = useModels()
  const { live, stored: adapters } = useAdapters()
  const { params, system } = useChat()
  const others = stored.filter((one) => one.complete && one.id !== active?.id)
  const home = own.model === null || own.model === active?.id
  const change = (name: string, value: number): void => set(side, { strengths: { ...own.strengths, [name]: value } })
  return (
    <fieldset className={styles.side} data-side={side} disabled={locked} data-testid={`compare-setup-${side}`}>
      <legend>
        <b>{t.side[side]}</b>
        <span className="visually-hidden">{t.setupOf(t.side[side])}</span>
      </legend>
      <label htmlFor={`${id}-model`}>{t.model}</label>
      <select
        id={`${id}-model`}
        value={own.model ?? ''}
        data-testid={`compare-model-${side}`}
        onChange={(event) => set(side, { model: event.target.value || null, strengths: {} })}
      >
        <option value="">{t.loaded(plainName(active?.name ?? ''))}</option>
        {others.map((one) => (
          <option key={one.id} value={one.id}>
            {plainName(one.name)}
          </option>
        ))}
      </select>
      {home ? (
        live.map(({ name, scale, before }) => {
          const label = t.strengthOf(plainName(adapters.find((one) => one.id === name)?.name ?? name))
          const value = own.strengths[name] ?? scale
          return before === undefined ? (
            <NumberField
              key={name}
              label={label}
              value={value}
              own={own.strengths[name] !== undefined}
              step={0.1}
              fits={(next) => next >= -4 && next <= 4}
              testId={`compare-strength-${side}`}
              onChange={(next) => change(name, next)}
            />
          ) : (
            <label key={name} className={styles.field}>
              {label}
              <input
                type="checkbox"
                checked={value !== 0}
                onChange={(event) => change(name, event.target.checked ? 1 : 0)}
              />
            </label>
          )
        })
      ) : (
        <p className={styles.soft}>{t.ownAdapters}</p>
      )}
      {numbers.map((name) => {
        const { low, high, or, whole } = parameters[name]
        return (
          <NumberField
            key={name}
            label={t.numbers[name]}
            value={own.numbers[name] ?? params[name]}
            own={own.numbers[name] !== undefined}
            step={sliders.find((one) => one.name === name)!.step}
            fits={(value) => ((value >= low && value <= high) || value === or) && (!whole || Number.isInteger(value))}
            testId={`compare-${name}-${side}`}
            onChange={(value) => set(side, { numbers: { ...own.numbers, [name]: value } })}
          />
        )
      })}
      <label htmlFor={`${id}-system`}>{t.system}</label>
      <textarea
        id={`${id}-system`}
        dir="auto"
        rows={2}
        value={own.system ?? system}
        placeholder={t.asChat}
        onChange={(event) => set(side, { system: event.target.value === system ? null : event.target.value })}
      />
    </fieldset>
  )
}

interface NumberProps {
  label: string
  value: number
  /** it is not the chat's own */
  own: boolean
  step: number
  fits: (value: number) => boolean
  onChange: (value: number) => void
  testId: string
}

/** What is typed and is no number of its range yet stays in the field, marked, and changes nothing. */
function NumberField({ label, value, own, step, fits, onChange, testId }: NumberProps) {
  const id = useId()
  const [draft, setDraft] = useState<string | null>(null)
  return (
    <div className={styles.field}>
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        type="number"
        step={step}
        value={draft ?? value}
        data-own={own}
        aria-invalid={draft !== null}
        data-testid={testId}
        onBlur={() => setDraft(null)}
        onChange={({ target }) => {
          const good = fits(target.valueAsNumber)
          setDraft(good ? null : target.value)
          if (good) onChange(target.valueAsNumber)
        }}
      />
    </div>
  )
}
