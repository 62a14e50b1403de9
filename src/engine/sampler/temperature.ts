// Temperature: l / T, and the odds that follow from it. Below 1 the likely get likelier, above 1 the odds even out.
// T = 0 is greedy: only the best candidate stays, the lowest id on ties. Never off: at 1 it still makes the odds.

import type { Stage } from './stage.ts'

export const temperature = {
  name: 'temperature',
  kind: 'weigh',
  parameters: {
    temperature: {
      default: 0.8,
      off: 1,
      low: 1e-6,
      high: 1000,
      or: 0,
      need: 'a number from 0.000001 to 1000, or 0 for always the most likely token',
      slider: { min: 0, max: 3, step: 0.05, farther: 5 },
      config: 'temperature',
      gguf: 'temp',
    },
  },
  isOff: () => false,
  apply(c, { temperature: T }) {
    const best = c.best()
    c.weigh(T === 0 ? 1 : T)
    return T === 0 ? c.filter((at) => at === best) : undefined
  },
  written: ({ temperature: T }) => (T === 1 ? '' : T === 0 ? 'argmax' : `÷ ${T}`),
} as const satisfies Stage<'temperature'>
