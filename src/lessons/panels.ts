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
