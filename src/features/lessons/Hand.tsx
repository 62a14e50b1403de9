// The learner's turn: what to do, where it is, and help for those who ask for it or are stuck. Nothing is done unasked.

import { useEffect, useState, useSyncExternalStore } from 'react'
import { useT } from '../../i18n/index.tsx'
import { lessonWords } from '../../i18n/panels/lessons.ts'
import { usePanelText } from '../../i18n/panels/index.ts'
import { onTyped, typedIn, typeInto } from '../../store/lessons/typed.ts'
import { Button } from '../../ui/Button.tsx'
import { acted, deedOf, doForMe, handAct, stepOf, usePlay } from './play.ts'
import styles from './Player.module.css'
import { spotOf } from './spots.ts'
import { useFill } from './useFill.ts'
import { showSpot, useSpot } from './useSpot.ts'
import { Term } from './Words.tsx'

/** Milliseconds without progress until help offers itself. */
const patience = 20_000

const onHash = (changed: () => void) => {
  addEventListener('hashchange', changed)
  return () => removeEventListener('hashchange', changed)
}
const panelNow = (): string => /^#\/([a-z-]+)/.exec(location.hash)?.[1] ?? 'chat'

export function Hand() {
  const t = usePanelText(lessonWords).player
  const { nav } = useT()
  const play = usePlay()
  const fill = useFill()
  const here = useSyncExternalStore(onHash, panelNow)
  const [asked, setAsked] = useState(false)
  const [stuck, setStuck] = useState(false)
  const step = stepOf(play)
  const act = handAct(play)
  const panel = step?.act.findLast((one, i) => i < play.act && one.kind === 'open')
  const wanted = panel?.kind === 'open' ? panel.panel : (play.open?.lesson.panel ?? here)
  const away = here !== wanted
  const spot = step && act && !away ? spotOf(act, step, wanted) : null
  useSpot(spot)
  const typed = act?.kind === 'type' ? fill(act.text[play.lang]) : ''
  useTyping(act?.kind === 'type' ? wanted : null, typed)
  useDeed(act?.kind === 'do')
  useEffect(() => {
    const timer = setTimeout(() => setStuck(true), patience)
    return () => clearTimeout(timer)
  }, [play.step, play.act, play.tries])
  if (!step || !act) return null
  const open = asked || stuck
  const last = play.act === step.act.length - 1
  // what no control of the panel does, a button here does
  const changes = act.kind === 'edit' || act.kind === 'adapt'
  const own = act.kind !== 'undo' && act.kind !== 'type' && act.kind !== 'do' && (!changes || (spot === null && !away))
  return (
    <div className={styles.turn} data-testid="lesson-turn" data-act={act.kind}>
      <p className={styles.turnTitle}>{t.yourTurn}</p>
      <p>
        <Term>{fill(play.open!.text[play.lang].steps[step.id]?.act ?? '')}</Term>
      </p>
      {away && (
        <p className={styles.away}>
          {t.awayFrom(nav[wanted as keyof typeof nav] ?? wanted)}{' '}
          <Button
            data-testid="lesson-go-there"
            onClick={() => {
              location.hash = `#/${wanted}`
            }}
          >
            {t.goThere(nav[wanted as keyof typeof nav] ?? wanted)}
          </Button>
        </p>
      )}
      {own && (
        <Button
          variant="primary"
          data-testid="lesson-do"
          onClick={() => void (act.kind === 'look' ? acted() : doForMe())}
        >
          {changes ? t.change : t.acts[act.kind === 'look' && !last ? 'load' : act.kind]}
        </Button>
      )}
      {act.kind === 'edit' && play.tries > 0 && (
        <p
          className={play.part ? undefined : styles.hint}
          role="status"
          data-testid={play.part ? 'lesson-part' : 'lesson-other'}
        >
          {play.part ? t.hints.part : t.hints.other}
        </p>
      )}
      {!own && (
        <div className={styles.help}>
          {open ? (
            <>
              {stuck && <p role="status">{t.stuck}</p>}
              {spot !== null && (
                <Button icon="find" data-testid="lesson-show" onClick={() => showSpot(spot)}>
                  {t.show}
                </Button>
              )}
              <Button
                data-testid="lesson-for-me"
                onClick={() => {
                  if (act.kind === 'type') typeInto(wanted, typed)
                  else void doForMe()
                }}
              >
                {t.doIt}
              </Button>
            </>
          ) : (
            <Button variant="quiet" icon="help" data-testid="lesson-help" onClick={() => setAsked(true)}>
              {t.help}
            </Button>
          )}
        </div>
      )}
    </div>
  )
}

/** Goes on when what is to be done on a panel is done there. */
function useDeed(isDeed: boolean): void {
  const key = usePlay((s) => `${s.id} ${s.step} ${s.act} ${s.lang}`)
  useEffect(() => {
    if (!isDeed) return
    let stop: (() => void) | null = null
    let isOver = false
    void import('../../store/lessons/deeds.ts').then(({ watchDeed }) => {
      const play = usePlay.getState()
      const deed = deedOf(play, play.act)
      if (!isOver && deed) stop = watchDeed(deed, () => void acted())
    })
    return () => {
      isOver = true
      stop?.()
    }
  }, [isDeed, key])
}

/** Goes on when the text stands in the panel's field, but for spaces around it. */
function useTyping(panel: string | null, text: string): void {
  useEffect(() => {
    if (panel === null) return
    const look = (): void => {
      if (typedIn(panel)?.trim() === text.trim()) void acted()
    }
    return onTyped(panel, look)
  }, [panel, text])
}
