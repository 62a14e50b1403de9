// Which lesson stands beside the panels, and at which step. Apart from the rest, so that the page can tell without
// loading anything of lessons; it outlives a reload of this tab, and no other tab begins with it.

import { create } from 'zustand'

const key = 'glassbox.lesson'

/** A bet that is placed in the open step and not settled yet. */
export interface PlacedBet {
  /** id of the option; null: not sure */
  option: string | null
  /** the language it was told in: another has other stories */
  lang: 'en' | 'zh'
}
export interface OpenLesson {
  /** null: none */
  id: string | null
  step: number
  bet: PlacedBet | null
}

const none: OpenLesson = { id: null, step: 0, bet: null }
/** What stands for "not sure": no option is called so. */
const UNSURE = '?'

function kept(): OpenLesson {
  try {
    const line = /^(\S{1,100}) (\d{1,3})(?: (en|zh) (\S{1,40}))?$/
    const [, id, step, lang, option] = line.exec(sessionStorage.getItem(key) ?? '') ?? []
    if (id === undefined) return none
    const bet =
      option === undefined ? null : { option: option === UNSURE ? null : option, lang: lang as PlacedBet['lang'] }
    return { id, step: Number(step), bet }
  } catch {
    return none
  }
}

export const useLesson = create<OpenLesson>()(() => kept())

/** Opens a lesson, or goes to another step of it, where no bet is placed yet; null puts it away. */
export const openLesson = (id: string | null, step = 0): void =>
  useLesson.setState((s) => (s.id === id && s.step === step ? s : { id, step, bet: null }))

/** Keeps the bet of the open step until it is settled (null), through a reload too. */
export const keepBet = (bet: PlacedBet | null): void => useLesson.setState({ bet })

useLesson.subscribe(({ id, step, bet }) => {
  try {
    if (id === null) sessionStorage.removeItem(key)
    else sessionStorage.setItem(key, `${id} ${step}${bet ? ` ${bet.lang} ${bet.option ?? UNSURE}` : ''}`)
  } catch {
    /* a private window: the lesson is open as long as the page */
  }
})
