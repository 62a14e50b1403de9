// The settings as sliders. They act on the stored logits of this run; the chat keeps its own until it is told.

import { useState } from 'react'
import { useT } from '../../i18n/index.tsx'
import { useChat, type SamplingParams } from '../../store/index.ts'
import { sliders } from '../../store/stages.ts'
import { Button } from '../../ui/Button.tsx'
import { Range } from '../../ui/Range.tsx'
import { Segmented } from '../../ui/Segmented.tsx'
import { useRun } from './run.ts'
import { plain, useSettings, type Side } from './settings.ts'
import styles from './Settings.module.css'

export function Controls() {
  const { t, params: both } = useRun()
  const words = useT().params
  const { side, compare, set } = useSettings()
  const setChat = useChat((s) => s.setParams)
  const [used, setUsed] = useState<string | null>(null)
  const params = both[side]
  const change = (next: Partial<SamplingParams>): void => set({ [side]: { ...params, ...next }, throws: 0 })
  const use = (): void => {
    const { logitBias: _, ...kept } = params
    setChat({ ...kept, randomSeed: false })
    setUsed(JSON.stringify(params))
  }
  return (
    <section className={styles.settings} aria-label={t.settings.title} data-testid="sampling-settings">
      <label className={styles.check}>
        <input
          type="checkbox"
          checked={compare}
          data-testid="compare-on"
          onChange={(event) => set({ compare: event.target.checked, side: event.target.checked ? side : 'a' })}
        />{' '}
        {t.compare.on}
      </label>
      {compare && (
        <Segmented<Side>
          label={t.compare.side}
          quiet={false}
          value={side}
          onChange={(value) => set({ side: value })}
          testId="side"
          options={[
            { value: 'a', text: 'A' },
            { value: 'b', text: 'B' },
          ]}
        />
      )}
      <details open={matchMedia('(min-width: 64rem)').matches}>
        <summary className={styles.summary}>{t.settings.title}</summary>
        <div className={styles.sliders}>
          {sliders.map(({ name, min, farther, step, off }) => (
            <Range
              key={name}
              label={words[name].label}
              hint={words[name].hint}
              value={params[name]}
              min={min}
              max={farther}
              step={step}
              onChange={(value) => change({ [name]: value })}
              {...(off !== undefined
                ? { off: { at: off, text: words.off } }
                : name === 'temperature'
                  ? { off: { at: 0, text: t.settings.argmax } }
                  : {})}
            />
          ))}
          <label className={styles.seed}>
            {t.settings.seed}
            <input
              type="number"
              min={0}
              max={4294967295}
              step={1}
              value={params.seed}
              data-testid="sampling-seed"
              onChange={(event) => {
                const value = event.target.valueAsNumber
                if (Number.isFinite(value)) change({ seed: Math.min(4294967295, Math.max(0, Math.floor(value))) })
              }}
            />
          </label>
        </div>
      </details>
      <div className={styles.buttons}>
        <Button data-live onClick={() => set({ a: null, b: null, throws: 0, side: 'a' })} data-testid="as-chat">
          {t.settings.asChat}
        </Button>
        <Button onClick={() => change(plain)} data-testid="plain">
          {t.settings.plain}
        </Button>
        <Button data-live onClick={use}>
          {t.settings.toChat}
        </Button>
      </div>
      <p className={styles.used} role="status">
        {used === JSON.stringify(params) ? t.settings.used : ''}
      </p>
    </section>
  )
}
