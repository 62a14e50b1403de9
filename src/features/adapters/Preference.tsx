// The preference card: two answers to one prompt, how likely the model holds each with its adapters and without, the reward
// that this stands for, and which one the reader prefers.

import { useId } from 'react'
import { useExplain, useFormats } from '../../i18n/index.tsx'
import { adapterWords } from '../../i18n/panels/adapters.ts'
import { usePanelText } from '../../i18n/panels/index.ts'
import { useChat } from '../../store/index.ts'
import { impliedReward, preferred, usePreference } from '../../store/preference.ts'
import { both, useSideBySide } from '../../store/side-by-side.ts'
import { Button } from '../../ui/Button.tsx'
import { ErrorNote } from '../../ui/ErrorNote.tsx'
import panel from './Panel.module.css'
import { Table } from './Parting.tsx'
import styles from './SideBySide.module.css'

export function Preference() {
  const words = usePanelText(adapterWords)
  const t = words.preference
  const id = useId()
  const explain = useExplain()
  const { error, running, run, set, setBeta, ...card } = usePreference()
  const written = useSideBySide()
  const writing = useChat((s) => s.status !== 'idle')
  const taken = written.a?.text && written.b?.text ? { a: written.a.text, b: written.b.text } : null
  const empty = [card.prompt, card.a, card.b].some((text) => text.trim() === '')
  return (
    <section className={panel.section} aria-labelledby={`${id}-title`} data-testid="preference">
      <h2 id={`${id}-title`}>{t.title}</h2>
      <p className={panel.soft}>{t.lead}</p>
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault()
          if (!empty && !writing) void run()
        }}
      >
        <label htmlFor={`${id}-prompt`} className={styles.label}>
          {words.ab.prompt}
        </label>
        <textarea
          id={`${id}-prompt`}
          dir="auto"
          rows={2}
          value={card.prompt}
          data-testid="preference-prompt"
          onChange={(event) => set({ prompt: event.target.value })}
        />
        <div className={styles.columns}>
          {both.map((side) => (
            <div key={side} className={styles.column}>
              <label htmlFor={`${id}-${side}`} className={styles.label}>
                {t.answer[side]}
              </label>
              <textarea
                id={`${id}-${side}`}
                dir="auto"
                rows={4}
                value={card[side]}
                data-testid={`preference-${side}`}
                onChange={(event) => set({ [side]: event.target.value })}
              />
            </div>
          ))}
        </div>
        <p className={styles.settings}>
          <label htmlFor={`${id}-beta`}>β</label>
          <input
            id={`${id}-beta`}
            type="number"
            min={0.001}
            max={10}
            step="any"
            value={card.beta}
            data-testid="preference-beta"
            onChange={(event) => {
              if (event.target.valueAsNumber > 0) setBeta(event.target.valueAsNumber)
            }}
          />
          <span>{t.betaHint}</span>
        </p>
        <div className={styles.row}>
          <Button type="submit" variant="primary" disabled={empty || writing} data-testid="preference-run">
            {running ? t.running : t.run}
          </Button>
          {taken && (
            <Button
              variant="quiet"
              data-testid="preference-take"
              onClick={() => set({ prompt: written.asked, ...taken })}
            >
              {t.take}
            </Button>
          )}
        </div>
      </form>
      {error && <ErrorNote {...explain(error)} code={error.code} message={error.message} details={words.details} />}
      {card.held && <Judged />}
    </section>
  )
}

function Judged() {
  const t = usePanelText(adapterWords).preference
  const format = useFormats()
  const { held, beta, liked, like } = usePreference()
  if (!held) return null
  const { a, b } = held
  const number = (value: number): string => format.number(value, 3)
  const reward = { a: impliedReward(a, beta), b: impliedReward(b, beta) }
  const chance = preferred(reward.a, reward.b)
  const said = chance === 0.5 ? t.even : (liked === 'a') === chance > 0.5 ? t.agrees : t.differs
  return (
    <div className={styles.parting} data-testid="preference-result" data-liked={liked ?? ''}>
      <Table
        what={t.measure}
        rows={[
          { key: 0, name: t.tokens, a: String(a.tokens), b: String(b.tokens), note: '' },
          { key: 1, name: t.base, a: number(a.base), b: number(b.base), note: '' },
          { key: 2, name: t.now, a: number(a.now), b: number(b.now), note: '' },
          { key: 3, name: t.reward, a: number(reward.a), b: number(reward.b), note: '' },
        ]}
      />
      <p data-testid="preference-chance" data-value={chance}>
        {t.chance(format.share(chance))}
      </p>
      <div className={styles.row} role="group" aria-label={t.which}>
        <span>{t.which}</span>
        {both.map((side) => (
          <Button
            key={side}
            icon="thumb"
            aria-pressed={liked === side}
            variant={liked === side ? 'primary' : 'plain'}
            data-testid={`preference-like-${side}`}
            onClick={() => like(side)}
          >
            {t.answer[side]}
          </Button>
        ))}
      </div>
      <p role="status">{liked === null ? '' : said}</p>
    </div>
  )
}
