// How answers are made: the system prompt and every sampling parameter, each with what it does.

import { lazy, Suspense, useId, useState } from 'react'
import { useFormats, useT } from '../../i18n/index.tsx'
import { chatWords } from '../../i18n/panels/chats.ts'
import { contextWords } from '../../i18n/panels/context.ts'
import { usePanelText } from '../../i18n/panels/index.ts'
import { useChat, useModels, useSettings } from '../../store/index.ts'
import { Button } from '../../ui/Button.tsx'
import { Range } from '../../ui/Range.tsx'
import { baseParams, whose, type PerModel } from '../../store/sampling.ts'
import { FormSettings } from './FormSettings.tsx'
import { SamplingPresets, SystemPresets } from './Presets.tsx'
import { PromptSettings } from './PromptSettings.tsx'
import { sliders, stopToText, textToStop } from './params.ts'
import styles from './Settings.module.css'

const TokenBias = lazy(() => import('./TokenBias.tsx'))

/** Pages of the chat that have no tab. */
const doors = [
  ['compare', 'compare'],
  ['complete', 'edit'],
  ['documents', 'file'],
  ['agent', 'chip'],
] as const

export function Settings() {
  const t = useT()
  const { system, setSystem, params, setParams, resetParams } = useChat()
  const systemId = useId()
  const { defaults: words, doors: door } = usePanelText(chatWords)
  const fromModel = useModels((s) => s.active?.info?.defaults !== undefined)
  return (
    <div className={styles.settings}>
      <p className={styles.doors}>
        {doors.map(([panel, icon]) => (
          <Button
            key={panel}
            variant="quiet"
            icon={icon}
            data-testid={`to-${panel}`}
            onClick={() => {
              location.hash = `#/${panel}`
            }}
          >
            {door[panel]}
          </Button>
        ))}
      </p>
      <label htmlFor={systemId}>{t.chat.system}</label>
      <textarea
        id={systemId}
        value={system}
        rows={3}
        data-testid="system-prompt"
        placeholder={t.chat.systemPlaceholder}
        aria-describedby={`${systemId}-hint`}
        onChange={(event) => setSystem(event.target.value)}
      />
      <p id={`${systemId}-hint`}>{t.chat.systemHint}</p>
      <SystemPresets />

      <PromptSettings />
      <FormSettings />
      <Limit />
      <Runs />
      <h3>{t.params.title}</h3>
      <p>{t.params.order}</p>
      {fromModel && <p data-testid="model-defaults">{words.hint}</p>}
      <SamplingPresets />
      {sliders.map(({ name, min, max, step, off }) => (
        <Range
          key={name}
          label={t.params[name].label}
          hint={t.params[name].hint}
          value={params[name]}
          min={min}
          max={max}
          step={step}
          off={off === undefined ? undefined : { at: off, text: t.params.off }}
          onChange={(value) => setParams({ [name]: value })}
          note={<Whose name={name} />}
        />
      ))}
      <Seed />
      <Stop />
      <Suspense>
        <TokenBias />
      </Suspense>
      <Ignored />
      <Button onClick={resetParams} data-testid="reset-params">
        {fromModel ? words.reset : t.params.reset}
      </Button>
    </div>
  )
}

/** What becomes of a chat that is longer than the model's memory. */
function Limit() {
  const t = usePanelText(contextWords)
  const id = useId()
  const { atLimit, setAtLimit } = useSettings()
  return (
    <div className={styles.field}>
      <label htmlFor={id}>{t.setting}</label>
      <select
        id={id}
        value={atLimit}
        data-testid="at-limit"
        aria-describedby={`${id}-hint`}
        onChange={(event) => setAtLimit(event.target.value === 'drop' ? 'drop' : 'stop')}
      >
        <option value="stop">{t.choices.stop}</option>
        <option value="drop">{t.choices.drop}</option>
      </select>
      <p id={`${id}-hint`}>{t.settingHint}</p>
    </div>
  )
}

/** What computes is chosen where it is told in full. */
function Runs() {
  const t = useT()
  const device = useModels((s) => s.active?.info?.device)
  return (
    <p className={styles.runs} data-testid="settings-device">
      {device && (
        <span>
          {t.app.runsOn} {t.app.device[device.kind](device.threads ?? 1)}
        </span>
      )}
      <a href="#/models">{t.app.deviceHint}</a>
    </p>
  )
}

/** Whose value a slider shows, and the way back to what it is without the reader. */
function Whose({ name }: { name: PerModel }) {
  const words = usePanelText(chatWords).defaults
  const off = useT().params.off
  const format = useFormats()
  const { params, setParams } = useChat()
  const defaults = useModels((s) => s.active?.info?.defaults)
  const base = baseParams(defaults)[name]
  const who = whose(name, params[name], defaults)
  if (who === 'page') return null
  const shown = base === sliders.find((slider) => slider.name === name)?.off ? off : format.number(base, 6)
  if (who === 'model') {
    return (
      <p className={styles.whose} data-testid={`whose-${name}`} data-whose={who}>
        {words.model(shown)}
      </p>
    )
  }
  return (
    <p className={styles.whose} data-testid={`whose-${name}`} data-whose={who}>
      {words.reader}{' '}
      <Button variant="quiet" onClick={() => setParams({ [name]: base })}>
        {words.back(shown)}
      </Button>
    </p>
  )
}

/** What the model's files ask for and is not computed with. */
function Ignored() {
  const words = usePanelText(chatWords).defaults
  const ignored = useModels((s) => s.active?.info?.defaults?.ignored ?? none)
  return ignored.length === 0 ? null : (
    <p data-testid="sampling-ignored">
      {words.ignored} <code>{ignored.join(', ')}</code>
    </p>
  )
}
const none: readonly string[] = []

function Seed() {
  const t = useT()
  const id = useId()
  const { seed, randomSeed } = useChat((s) => s.params)
  const setParams = useChat((s) => s.setParams)
  return (
    <div className={styles.field}>
      <label htmlFor={id}>{t.params.seed.label}</label>
      <div className={styles.row}>
        <label className={styles.check}>
          <input
            type="checkbox"
            checked={randomSeed}
            data-testid="random-seed"
            onChange={(event) => setParams({ randomSeed: event.target.checked })}
          />{' '}
          {t.params.randomSeed}
        </label>
        <input
          id={id}
          type="number"
          min={0}
          max={4294967295}
          step={1}
          value={seed}
          disabled={randomSeed}
          aria-describedby={`${id}-hint`}
          data-testid="seed"
          onChange={(event) => {
            const value = event.target.valueAsNumber
            if (Number.isFinite(value)) setParams({ seed: Math.min(4294967295, Math.max(0, Math.floor(value))) })
          }}
        />
      </div>
      <p id={`${id}-hint`}>{t.params.seed.hint}</p>
    </div>
  )
}

function Stop() {
  const t = useT()
  const id = useId()
  const stop = useChat((s) => s.params.stop)
  const setParams = useChat((s) => s.setParams)
  const [typed, setTyped] = useState(() => stopToText(stop))
  // set otherwise meanwhile, by a preset or another chat
  const text = JSON.stringify(textToStop(typed)) === JSON.stringify(stop) ? typed : stopToText(stop)
  return (
    <div className={styles.field}>
      <label htmlFor={id}>{t.params.stop.label}</label>
      <textarea
        id={id}
        rows={2}
        value={text}
        className={styles.mono}
        aria-describedby={`${id}-hint`}
        data-testid="stop-strings"
        onChange={(event) => {
          setTyped(event.target.value)
          setParams({ stop: textToStop(event.target.value) })
        }}
      />
      <p id={`${id}-hint`}>{t.params.stop.hint}</p>
    </div>
  )
}
