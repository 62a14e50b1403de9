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

/** What can be done on panels that keep something of their own; `asks`: the
 * model is asked. */
export const deeds = {
  /** the set's texts are the documents, by their names; the reader's own are put aside. The page does it */
  documents: { panel: 'documents', by: 'page', needs: 'set', asks: false },
  ask: { panel: 'documents', by: 'hand', needs: 'text', asks: false },
  /** the model answers from the best passage */
  answer: { panel: 'documents', by: 'hand', needs: null, asks: true },
  /** the best passage is marked in its document */
  mark: { panel: 'documents', by: 'hand', needs: null, asks: false },
  /** a letter that gives orders lies among the agent's documents, and the agent looks for it */
  letter: { panel: 'agent', by: 'hand', needs: null, asks: false },
  /** the call that waits runs once, in the run with the letter alone */
  allow: { panel: 'agent', by: 'hand', needs: null, asks: true },
  /** a recorded run of an agent is opened. The page does it */
  recorded: { panel: 'agent', by: 'page', needs: 'name', asks: false },
  /** the set's rows are what is asked for scores. The page does it */
  questions: { panel: 'evaluate', by: 'page', needs: 'set', asks: false },
  score: { panel: 'evaluate', by: 'hand', needs: null, asks: true },
} as const satisfies Readonly<
  Record<
    string,
    { panel: (typeof panelIds)[number]; by: 'page' | 'hand'; needs: 'set' | 'text' | 'name' | null; asks: boolean }
  >
>
export type DeedId = keyof typeof deeds
export const deedIds = Object.keys(deeds) as DeedId[]

/** Figures that a step can have looked at, beside the main one of each panel. */
export const figureIds = {
  attention: ['heads', 'pictures'],
  probabilities: ['text', 'settings', 'entropy', 'draws'],
  lens: ['keep'],
  inside: ['weight'],
  tokenizer: ['vocabulary'],
} as const satisfies Partial<Record<(typeof panelIds)[number], readonly string[]>>
export type FigureId = (typeof figureIds)[keyof typeof figureIds][number]
