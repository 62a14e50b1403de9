// The numbers that colour answers, each with its scale.

import type { TokenEvent } from '../../store/index.ts'
import { lut, type ColorScale, type Scheme } from '../../ui/colors.ts'
import type { Measure } from './coloring.ts'

const bits = (nats: number): number => nats / Math.LN2

export function measure(event: TokenEvent, by: Measure): number | null {
  switch (by) {
    case 'surprisal':
      return bits(-event.logprob)
    case 'entropy':
      return bits(event.entropy)
    case 'rank':
      return event.rank + 1
    case 'margin':
      return event.top.length < 2 ? null : event.top[0]!.logprob - event.top[1]!.logprob
  }
}

/** Much colour is much of the number; nothing is the page's ground. */
export function scaleOf(by: Measure, scheme: Scheme): ColorScale {
  switch (by) {
    case 'surprisal':
      return { lut: lut('heat', scheme), min: 0, max: 10 }
    case 'entropy':
      return { lut: lut('attention', scheme), min: 0, max: 8 }
    case 'rank':
      return { lut: lut('heat', scheme), min: 1, max: 50, curve: 'log' }
    case 'margin':
      return { lut: lut('accent', scheme), min: 0, max: 10 }
  }
}

/** Chance in the draw: the last stage says how much it left behind. Null when nothing was drawn. */
export function drawnChance(event: TokenEvent): number | null {
  const pick = event.stages.find((s) => s.stage === 'pick')
  return pick ? 1 - pick.removedMass : null
}
