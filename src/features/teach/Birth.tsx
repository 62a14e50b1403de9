// An induction head is born: two layers of attention that learn from nothing, their loss with the scores of their heads beside
// it, and where the head looks; an LSTM beside them.

import { useEffect, useState } from 'react'
import { useExplain, useFormats } from '../../i18n/index.tsx'
import { birthWords } from '../../i18n/panels/birth.ts'
import { usePanelText } from '../../i18n/panels/index.ts'
import { teachWords } from '../../i18n/panels/teach.ts'
import { bestHead, bornAt, guesses, useBirth, type Life } from '../../store/teach/birth.ts'
import { useTeach } from '../../store/teach/index.ts'
import { usePrice } from '../../store/teach/price.ts'
import { Button } from '../../ui/Button.tsx'
import { ErrorNote } from '../../ui/ErrorNote.tsx'
import { Notice } from '../../ui/Notice.tsx'
import { Progress } from '../../ui/Progress.tsx'
import { Range } from '../../ui/Range.tsx'
import { BirthCurve } from './BirthCurve.tsx'
import { Film } from './Film.tsx'
import { saveFolder } from './Kept.tsx'
import styles from './Panel.module.css'
import { StartStop } from './StartStop.tsx'

export function Birth() {
  const t = usePanelText(birthWords)
  const words = usePanelText(teachWords)
  const format = useFormats()
  const explain = useExplain()
  const { seed, updates, beside, lives, phase, waits, unkept, stored, error, set, open, start, stop, store, made } =
    useBirth()
  /** null: nobody said */
  const [isOpen, setOpen] = useState<boolean | null>(null)
  useEffect(() => void open(), [open])
  const isTaken = useTeach((s) => s.phase !== 'idle')
  const isMeasured = usePrice((s) => s.measured !== null)
  const now = phase === 'stopping' || phase === null ? null : lives[phase]
  const { attention, lstm } = lives
  return (
    <details
      className={styles.settings}
      open={isOpen ?? waits !== null} // what waits is not hidden in a fold
      onToggle={({ currentTarget }) => setOpen(currentTarget.open)}
      data-testid="birth"
      data-phase={phase ?? 'idle'}
    >
      <summary>{t.title}</summary>
      <div className={styles.run}>
        <p className={styles.note}>{t.lead}</p>
        <fieldset disabled={phase !== null || waits !== null}>
          <Range
            label={t.seed}
            hint={t.seedHint}
            value={seed}
            min={0}
            max={99}
            step={1}
            onChange={(v) => set({ seed: v })}
          />
          <Range
            label={t.updates}
            hint={t.updatesHint}
            value={updates}
            min={5}
            max={600}
            step={5}
            onChange={(v) => set({ updates: v })}
          />
          <label className={styles.check}>
            <input type="checkbox" checked={beside} onChange={({ target }) => set({ beside: target.checked })} />
            <span>
              {t.beside}
              <small>{t.besideHint}</small>
            </span>
          </label>
        </fieldset>
        <StartStop
          id="birth"
          words={{ ...t, stopping: words.stopping }}
          icon="attention"
          runs={phase && { mayStop: phase !== 'stopping', isStopping: phase === 'stopping' }}
          mayStart={!isTaken && !isMeasured && waits === null}
          start={() => void start()}
          stop={stop}
        />
        {phase !== null && (
          <Progress
            label={t.learning[phase]}
            value={now?.steps.at(-1)?.step ?? 0}
            total={phase === 'stopping' ? null : updates}
            start={t.learning[phase]}
            end={now ? t.step(format.number(now.steps.length), format.number(updates)) : ''}
          />
        )}
        {unkept && (
          <p role="alert" className={styles.note}>
            {words.unkept(explain(unkept).title)}
          </p>
        )}
        {error && <ErrorNote {...explain(error)} code={error.code} message={error.message} details={t.details} />}
        {attention && attention.looks.length > 0 && (
          <>
            <p role="status" className={styles.note}>
              <Said life={attention} />
              {lstm &&
                lstm.looks.length > 0 &&
                guesses(lstm) &&
                ` ${t.still(format.number(lstm.looks.at(-1)!.loss, 2))}`}
            </p>
            <BirthCurve attention={attention} lstm={lstm ?? null} updates={updates} />
            <Film
              looks={attention.looks.map(({ step, frame }) => ({ type: 'look', step, frame, moved: [] }))}
              lead={t.film}
              id="birth-film"
              first={bestHead(attention)}
            />
          </>
        )}
        {attention?.ended?.why === 'done' && phase === null && (
          <div className={styles.actions}>
            <Button
              variant="primary"
              icon="models"
              disabled={stored !== null}
              onClick={() => void store(t.name(seed))}
              data-testid="birth-store"
            >
              {t.store}
            </Button>
            <Button icon="file" title={t.filesHint} onClick={() => void made().then(saveFolder)}>
              {t.files}
            </Button>
          </div>
        )}
        {stored !== null && (
          <p role="status" className={styles.note} data-testid="birth-stored">
            {t.stored(stored)} <a href="#/models">{t.models}</a>
          </p>
        )}
      </div>
    </details>
  )
}

/** One that was cut goes on, or is thrown away; while another tab has it, that is said. On top of the panel: behind a reload it is what matters. */
export function BirthWaits() {
  const t = usePanelText(birthWords)
  const { kept } = usePanelText(teachWords)
  const format = useFormats()
  const { phase, waits, goOn, discard } = useBirth()
  const isTaken = useTeach((s) => s.phase !== 'idle')
  const may = !usePrice((s) => s.measured !== null) && !isTaken
  if (phase !== null || !waits) return null
  if (waits.isRunning) return <Notice tone="info" testId="birth-elsewhere" title={t.elsewhere} />
  return (
    <Notice
      tone="info"
      testId="birth-waits"
      title={t.waits[waits.kind](format.number(waits.step), format.number(waits.steps))}
      actions={
        <>
          <Button variant="primary" disabled={!may} onClick={() => void goOn()} data-testid="birth-go-on">
            {kept.goOn}
          </Button>
          <Button variant="quiet" onClick={() => void discard()} data-testid="birth-discard">
            {kept.discard}
          </Button>
        </>
      }
    >
      <p>{kept.why}</p>
    </Notice>
  )
}

/** What came of it so far; nothing while nothing has. */
function Said({ life }: { life: Life }) {
  const t = usePanelText(birthWords)
  const format = useFormats()
  const born = bornAt(life)
  const { ended } = life
  if (born !== null) return <>{t.born(format.number(born))}</>
  if (!ended) return null
  if (ended.why === 'done') return <>{t.unborn}</>
  return <>{ended.why === 'asked' ? t.stopped(format.number(ended.step)) : t.ill}</>
}
