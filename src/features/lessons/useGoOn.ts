// Space or Enter goes on, wherever nothing else wants the key; a panel does not get it then.

import { useEffect, useRef } from 'react'
import { takesText } from '../../ui/keys.ts'
import { acted, goToStep, handAct, usePlay } from './play.ts'

/** @returns what going on means now; null where the lesson waits for something else */
export function useGoOn(folded: boolean): (() => void) | null {
  const play = usePlay()
  const next =
    play.phase === 'settled'
      ? () => void goToStep(play.step + 1)
      : handAct(play)?.kind === 'look'
        ? () => void acted()
        : null
  const latest = useRef(next)
  useEffect(() => {
    latest.current = folded ? null : next
  })
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const target = event.target instanceof Element ? event.target : null
      const own = target?.closest('button, a, summary, label, input, [tabindex="0"], [role="application"]')
      if (
        (event.key !== ' ' && event.key !== 'Enter') ||
        !latest.current ||
        event.defaultPrevented ||
        event.isComposing ||
        event.ctrlKey ||
        event.metaKey ||
        event.altKey ||
        event.repeat ||
        takesText(target) ||
        own
      ) {
        return
      }
      // before the panels: theirs is a Space that nobody took
      event.preventDefault()
      event.stopPropagation()
      latest.current()
    }
    addEventListener('keydown', onKey, true)
    return () => removeEventListener('keydown', onKey, true)
  }, [])
  return next
}
