// What came out: the numbers that the claim was decided by, beside the bet, with where they come from; the reply to the
// bet; then two sentences. Where it did not happen, that is said with its value.

import { useEffect } from 'react'
import { useT } from '../../i18n/index.tsx'
import { lessonWords } from '../../i18n/panels/lessons.ts'
import { usePanelText } from '../../i18n/panels/index.ts'
import { useInspect } from '../../store/inspect.ts'
import { Button } from '../../ui/Button.tsx'
import { Dot } from '../../ui/Dot.tsx'
import type { Outcome } from './engine.ts'
import { keepFigure } from './handout.ts'
import { redo, stepOf, usePlay } from './play.ts'
import styles from './Player.module.css'
import { useFill } from './useFill.ts'
import { Term } from './Words.tsx'

export function Result() {
  const t = usePanelText(lessonWords).player
  const { app } = useT()
  const play = usePlay()
  const step = stepOf(play)
  const fill = useFill()
  const edits = useInspect((s) => s.edits.length)
  const editing = useInspect((s) => s.editing)
  const done = step && play.done[step.id]
  const id = step?.id
  useEffect(() => {
    if (id !== undefined) void keepFigure(id).catch(() => undefined) // without its figure a handout is one all the same
  }, [id, done])
  if (!step || !done) return null
  const words = play.open!.text[play.lang].steps[step.id]
  const right = step.options?.find((option) => option.right)?.id
  const { bet, holds, shown } = done
  const reply = bet === undefined ? undefined : bet === null ? t.notSureReply : words?.options?.[bet]?.reply
  return (
    <div className={styles.result} data-testid="lesson-result" data-holds={holds}>
      <dl className={styles.values}>
        {shown.map(({ what, label, said, value, share }) => (
          <div key={what} data-testid="lesson-value" data-what={what} data-value={String(value)}>
            <dt>{label}</dt>
            <dd>
              {share !== null && (
                <span className={styles.track} aria-hidden="true">
                  <span style={{ width: `${Math.max(0, Math.min(1, share)) * 100}%` }} />
                </span>
              )}
              <output>{said}</output>
            </dd>
          </div>
        ))}
      </dl>
      <p className={styles.source} data-testid="lesson-source">
        <Dot state="ready" />{' '}
        {done.model === ''
          ? t.byPage
          : done.computed
            ? t.now(done.model, done.device ? t.devices[done.device] : app.model)
            : t.recorded(done.model)}
      </p>
      {holds ? (
        bet != null &&
        right !== undefined && (
          <p className={styles.verdict} data-testid="lesson-verdict" data-right={bet === right}>
            {bet === right ? t.right : t.wrong(fill(words?.options?.[right]?.label ?? right))}
          </p>
        )
      ) : (
        <NotHere missed={done.missed} claim={words?.claim === undefined ? null : fill(words.claim)} />
      )}
      {holds && reply !== undefined && (
        <p>
          <Term>{fill(reply)}</Term>
        </p>
      )}
      {holds && words && (
        <p>
          <Term>{fill(words.say)}</Term>
        </p>
      )}
      <div className={styles.help}>
        {edits > 0 && (
          <Button
            icon="undo"
            disabled={editing}
            data-testid="lesson-undo"
            onClick={() => void useInspect.getState().setEdits([])}
          >
            {t.undo}
          </Button>
        )}
        <Button variant="quiet" icon="retry" data-testid="lesson-redo" onClick={() => void redo()}>
          {t.redo}
        </Button>
      </div>
    </div>
  )
}

type Words = (typeof lessonWords)['en']['player']
/** What is said where the claim is false. @param claim null: the lesson has no words for it */
export const notHere = (t: Words, missed: Outcome['missed'], claim: string | null): string =>
  claim === null
    ? t.notHere(missed.map(({ value, claimed }) => t.instead(value, claimed)).join(' · '))
    : t.expected(claim)

/** The claim is false here: in words, and as it was computed for those who open it. @param claim null: the lesson has no words for it */
function NotHere({ missed, claim }: { missed: Outcome['missed']; claim: string | null }) {
  const t = usePanelText(lessonWords).player
  return (
    <>
      <p className={styles.verdict} data-testid="lesson-not-here">
        {notHere(t, missed, claim)}
      </p>
      <details className={styles.sums} data-testid="lesson-sums">
        <summary>{t.sums}</summary>
        {missed.map(({ text, value, claimed }) => (
          <p key={text}>
            <code>{text}</code> {t.instead(value, claimed)}
          </p>
        ))}
      </details>
    </>
  )
}
