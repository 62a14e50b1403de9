// Fills the slots of a lesson's texts: {name} with the story's words, {0} with the step's shown values.

import { fill } from './engine.ts'
import { castOf, stepOf, usePlay } from './play.ts'

export function useFill(): (text: string) => string {
  const play = usePlay()
  const step = stepOf(play)
  const shown = step ? play.done[step.id]?.shown.map(({ said }) => said) : undefined
  return (text) => (play.open ? fill(text, { ...play.open, lang: play.lang, cast: castOf(play) }, shown) : text)
}
