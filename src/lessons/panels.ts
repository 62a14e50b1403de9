// The panels that a lesson can stand beside, by their ids in app/panels.ts (not the list of lessons, nor what is
// stored): a file that names another one is refused.

export const panelIds = [
  'chat',
  'attention',
  'probabilities',
  'lens',
  'inside',
  'tokenizer',
  'models',
  'adapters',
  'teach',
  'compare',
  'complete',
  'documents',
  'agent',
  'bench',
  'evaluate',
] as const

/** Figures that a step can have looked at, beside the main one of each panel. */
export const figureIds = {
  attention: ['heads', 'pictures'],
  probabilities: ['text', 'settings', 'entropy', 'draws'],
  lens: ['keep'],
  inside: ['weight'],
  tokenizer: ['vocabulary'],
} as const satisfies Partial<Record<(typeof panelIds)[number], readonly string[]>>
export type FigureId = (typeof figureIds)[keyof typeof figureIds][number]
