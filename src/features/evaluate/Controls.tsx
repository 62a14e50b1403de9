// How the set is asked, the button that begins, and how far it is.

import { useId } from 'react'
import { useFormats } from '../../i18n/index.tsx'
import { evaluate as words } from '../../i18n/panels/evaluate.ts'
import { usePanelText } from '../../i18n/panels/index.ts'
import { useAdapters } from '../../store/adapters.ts'
import { ranges, useEvaluate, type EvalSettings } from '../../store/evaluate/index.ts'
import { useEdited } from '../../store/edited.ts'
import { useChat, useModels } from '../../store/index.ts'
import { Button } from '../../ui/Button.tsx'
import { Progress } from '../../ui/Progress.tsx'
import { Segmented } from '../../ui/Segmented.tsx'
import styles from './Panel.module.css'
import { Two } from './Two.tsx'

export function Controls() {
  const t = usePanelText(words)
  const id = useId()
  const { set, running, paired, start, stop, settings, setSettings } = useEvaluate()
  const active = useModels((s) => s.active)
  const isWriting = useChat((s) => s.status !== 'idle')
  const stopping = useChat((s) => s.status === 'stopping')
  const edits = useEdited((s) => s.edits > 0)
  const adapters = useAdapters((s) => s.live.length > 0)
  const ready = active?.state === 'ready' ? active : null
  const cannot = !ready
    ? t.noModel
    : ready.info && !(ready.info.does ?? ['generate']).includes('generate')
      ? t.writes
      : edits
        ? t.edits
        : isWriting
          ? t.writing
          : !set || set.rows.length === 0
            ? t.noSet
            : null
  return (
    <section className={styles.section} aria-labelledby={id}>
      <h2 id={id}>{t.settings}</h2>
      <fieldset className={styles.settings} disabled={running !== null || paired}>
        <legend className="visually-hidden">{t.settings}</legend>
        <Field name="maxTokens" label={t.maxTokens} step={1} />
        <Field name="temperature" label={t.temperature} step={0.1} />
        <Field name="seed" label={t.seed} step={1} />
        <label>
          {t.stopText}
          <input
            type="text"
            value={settings.stop}
            maxLength={100}
            onChange={({ target }) => setSettings({ stop: target.value })}
          />
        </label>
        {adapters && (
          <Segmented
            label={t.adapters}
            quiet={false}
            value={settings.adapters ? 'on' : 'off'}
            onChange={(value) => setSettings({ adapters: value === 'on' })}
            options={[
              { value: 'on', text: t.withAdapters },
              { value: 'off', text: t.withoutAdapters },
            ]}
            testId="evaluate-adapters"
          />
        )}
      </fieldset>
      <p className={styles.note}>{t.alike}</p>
      <div className={styles.actions}>
        {running ? (
          <>
            {!paired && (
              <Button icon="stop" disabled={stopping} onClick={stop} data-testid="evaluate-stop">
                {t.stop}
              </Button>
            )}
            <Running />
          </>
        ) : (
          <>
            <Button
              variant="primary"
              disabled={cannot !== null || paired}
              onClick={() => void start()}
              data-testid="evaluate-start"
            >
              {t.start(ready?.name ?? '…')}
            </Button>
            {cannot !== null && <span className={styles.note}>{cannot}</span>}
            {!ready && <a href="#/models">{t.models}</a>}
          </>
        )}
      </div>
      <Two cannot={cannot} />
    </section>
  )
}

function Field({ name, label, step }: { name: keyof typeof ranges & keyof EvalSettings; label: string; step: number }) {
  const { settings, setSettings } = useEvaluate()
  const [min, max] = ranges[name]
  return (
    <label>
      {label}
      <input
        type="number"
        min={min}
        max={max}
        step={step}
        value={settings[name]}
        onChange={({ target }) => setSettings({ [name]: target.valueAsNumber })}
      />
    </label>
  )
}

function Running() {
  const t = usePanelText(words)
  const format = useFormats()
  const running = useEvaluate((s) => s.running)
  if (!running) return null
  const { done, total, tokens, left } = running
  return (
    <div className={styles.progress} data-testid="evaluate-progress" data-done={done}>
      <Progress
        label={t.progress}
        value={done}
        total={total}
        start={t.done(format.number(done), format.number(total))}
        end={[t.tokens(format.number(tokens)), left !== null && t.left(format.duration(left))]
          .filter(Boolean)
          .join(' · ')}
      />
    </div>
  )
}
