// The panels that a lesson can stand beside, by their ids in app/panels.ts: a file that names another one is refused.

export const panelIds = [
  'chat',
  'attention',
  'probabilities',
  'lens',
  'inside',
  'tokenizer',
  'models',
  'adapters',
  'bench',
] as const
