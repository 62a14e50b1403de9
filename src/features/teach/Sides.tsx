// Before and after, side by side: one prompt of the pairs or the reader's own, and how strong what was taught is.

import { useId } from 'react'
import { useExplain, useFormats } from '../../i18n/index.tsx'
import { usePanelText } from '../../i18n/panels/index.ts'
import { teachWords } from '../../i18n/panels/teach.ts'
import { useChat } from '../../store/index.ts'
import { useAdapters } from '../../store/adapters.ts'
import { isWhole, useTeach } from '../../store/teach/index.ts'
import { useRoad } from '../../store/teach/road.ts'
import { useSides } from '../../store/teach/sides.ts'
import { Button } from '../../ui/Button.tsx'
import { ErrorNote } from '../../ui/ErrorNote.tsx'
import { Range } from '../../ui/Range.tsx'
import type { Learns } from './drawing.ts'
import styles from './Sides.module.css'

/** @param adapter what was taught, on the model now */
export function Sides({ adapter, learns }: { adapter: string; learns: Learns }) {
  const words = usePanelText(teachWords)
  const t = words.sides
  const format = useFormats()
  const explain = useExplain()
  const id = useId()
  const rows = useTeach((s) => s.rows)
  const writing = useChat((s) => s.status !== 'idle')
  const { prompt, strength, asked, running, error, set, run, stop } = useSides()
  const stories = useRoad((s) => s.pairs)
  const prompts = [...new Set((learns === 'rows' ? rows.filter(isWhole) : stories).map((row) => row.prompt))]
  const nameOf = new Map(useAdapters((s) => s.stored).map(({ id, name }) => [id, name]))
  const others = format.list(
    Object.entries(asked?.others ?? {}).map(
      ([one, scale]) => `“${nameOf.get(one) ?? one}” (${format.number(scale, 2)})`,
    ),
  )
  return (
    <section className={styles.sides} aria-labelledby={`${id}-title`} data-testid="teach-sides">
      <h3 id={`${id}-title`}>{t.title}</h3>
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault()
          if (prompt.trim() === '') set({ prompt: prompts[0]! })
          void run(adapter)
        }}
      >
        <label className={styles.prompt}>
          {t.prompt}
          <textarea
            dir="auto"
            rows={3} // stories and what is asked of them have lines: asked on one, it would be another question than the one taught
            value={prompt}
            placeholder={prompts[0]}
            maxLength={4000}
            data-testid="teach-ask"
            onChange={({ target }) => set({ prompt: target.value })}
          />
        </label>
        {prompts.length > 0 && (
          <label className={styles.prompt}>
            {t.taught}
            <select
              value={prompts.includes(prompt) ? prompt : ''}
              onChange={({ target }) => set({ prompt: target.value })}
            >
              <option value="">–</option>
              {prompts.map((one) => (
                <option key={one} value={one}>
                  {one}
                </option>
              ))}
            </select>
          </label>
        )}
        <Range
          label={t.strength}
          hint={t.strengthHint}
          value={strength}
          min={0}
          max={1.5}
          step={0.05}
          onChange={(value) => set({ strength: value })}
        />
        {running ? (
          <Button icon="stop" onClick={stop}>
            {words.stop}
          </Button>
        ) : (
          <Button
            type="submit"
            disabled={writing || (prompt.trim() === '' && prompts.length === 0)}
            data-testid="teach-compare"
          >
            {t.ask}
          </Button>
        )}
      </form>
      {error && <ErrorNote {...explain(error)} code={error.code} message={error.message} details={words.details} />}
      {asked?.adapter === adapter && (
        <div className={styles.columns} aria-live="polite">
          <p className={styles.asked} dir="auto">
            {asked.prompt}
          </p>
          <div>
            <h4>{t.before(others)}</h4>
            <p dir="auto" data-testid="teach-before">
              {asked.before}
            </p>
          </div>
          <div>
            <h4>{t.after(format.number(asked.strength, 2), others)}</h4>
            <p dir="auto" data-testid="teach-after">
              {asked.after}
            </p>
          </div>
        </div>
      )}
    </section>
  )
}
