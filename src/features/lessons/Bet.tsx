// The bet: what is told and asked, and the options, none of which says how it comes out. Placed, it stays in sight.

import { useId, useState, type FormEvent } from 'react'
import { useLang } from '../../i18n/index.tsx'
import { lessonWords } from '../../i18n/panels/lessons.ts'
import { usePanelText } from '../../i18n/panels/index.ts'
import type { Option } from '../../lessons/types.ts'
import { Button } from '../../ui/Button.tsx'
import { Icon } from '../../ui/icons.tsx'
import { goingOn, promptOf, readable } from './engine.ts'
import { castOf, place, stepOf, usePlay } from './play.ts'
import styles from './Player.module.css'
import { useFill } from './useFill.ts'
import { Term } from './Words.tsx'

/** @param placed the choice is made: it is shown, and no more to be changed */
export function Bet({ placed = false }: { placed?: boolean }) {
  const t = usePanelText(lessonWords).player
  const play = usePlay()
  const step = stepOf(play)
  const fill = useFill()
  const name = useId()
  const [chosen, setChosen] = useState<{ step: string; option: string } | null>(null)
  if (!step) return null
  const words = play.open!.text[play.lang].steps[step.id]
  const options: readonly Option[] = [...(step.options ?? []), { id: '' }]
  const label = (id: string): string => (id === '' ? t.notSure : fill(words?.options?.[id]?.label ?? id))
  const ask = words?.ask !== undefined && (
    <p className={styles.ask}>
      <Term>{fill(words.ask)}</Term>
    </p>
  )
  if (placed) {
    return (
      <>
        {ask}
        {step.options && play.bet !== undefined && (
          <p className={styles.placed} data-testid="lesson-bet">
            {t.yourBet}
            <b>{label(play.bet ?? '')}</b>
          </p>
        )}
      </>
    )
  }
  const now = chosen?.step === step.id ? chosen.option : null
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault()
    if (now !== null) void place(now === '' ? null : now)
  }
  return (
    <form onSubmit={onSubmit} data-testid="lesson-bet-form">
      <Told />
      {ask}
      <fieldset className={styles.options}>
        <legend className="visually-hidden">{t.bet}</legend>
        {options.map(({ id }) => (
          <label key={id} className={styles.option} data-unsure={id === ''}>
            <input
              type="radio"
              name={name}
              value={id}
              checked={now === id}
              data-testid={`option-${id || 'unsure'}`}
              onChange={() => setChosen({ step: step.id, option: id })}
              onKeyDown={(event) => {
                // a radio button alone does not send its form everywhere
                if (event.key === 'Enter' && now !== null) onSubmit(event)
              }}
            />
            <span>{label(id)}</span>
          </label>
        ))}
      </fieldset>
      <Button type="submit" variant="primary" disabled={now === null} data-testid="lesson-place">
        <Icon name="check" size={16} /> {t.place}
      </Button>
    </form>
  )
}

/** What the model is going to read in this step, so that there is something to bet on. */
function Told() {
  const lang = useLang()
  const play = usePlay()
  const step = stepOf(play)!
  const first = step.act.find((act) => act.kind === 'load') ?? step.act.find((act) => 'run' in act)
  if (!first || !('run' in first)) return null
  const { messages, begun } = promptOf({ ...play.open!, lang, step, cast: castOf(play) }, first.run)
  return (
    <div className={styles.told} data-testid="lesson-told">
      {messages.map((message, i) => (
        <p key={i} data-role={message.role}>
          {readable(message.content)}
        </p>
      ))}
      {begun !== '' && <p data-role="assistant">{goingOn(begun)}</p>}
    </div>
  )
}
