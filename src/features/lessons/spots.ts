// The control that an act needs, by the panel's own hooks; none where the panel has no control for it: then the lesson
// has a button of its own.

import type { DeedId, FigureId } from '../../lessons/panels.ts'
import type { Act, EditSpec, Step } from '../../lessons/types.ts'
import { storedAs } from '../../store/lessons/adapters.ts'

const hook = (id: string): string => `main [data-testid="${id}"]`

/** What is looked at on a panel when a step is only about looking. */
const pictures: Readonly<Record<string, string>> = {
  attention: ['matrix', 'arcs', 'flow', 'product', 'cross'].map((one) => hook(`figure-${one}`)).join(', '),
  probabilities: `${hook('pipeline')}, ${hook('odds')}`,
  lens: hook('lens-figure'),
  inside: hook('inside-map'),
  tokenizer: hook('tokenizer-words'),
  chat: hook('message-assistant'),
  read: hook('read-results'),
  documents: hook('documents-found'),
  agent: hook('agent-run'),
  evaluate: hook('evaluate-result'),
}
/** Others that a step may mean. */
const figures: Readonly<Record<FigureId, string>> = {
  heads: hook('figure-heads'),
  pictures: hook('mode'),
  text: hook('position'),
  settings: hook('sampling-settings'),
  entropy: hook('entropy'),
  draws: hook('draws'),
  keep: hook('lens-keep'),
  weight: hook('inside-weight'),
  vocabulary: hook('tokenizer-vocabulary'),
}
/** What the hand does on panels that keep something of their own. */
const spotsOfDeeds: Partial<Record<DeedId, string>> = {
  ask: hook('documents-question'),
  answer: hook('documents-answer'),
  mark: `${hook('documents-hit')} button`,
  letter: hook('agent-demo-start'),
  allow: hook('agent-once'),
  score: hook('evaluate-start'),
}
const fields: Readonly<Record<string, string>> = {
  tokenizer: hook('tokenizer-text'),
  read: hook('read-text'),
  chat: hook('composer'),
}

/** The panel's control that makes such an edit; null: there is none. */
function controlOf(panel: string, edit: EditSpec | undefined): string | null {
  if (!edit) return null
  switch (edit.kind) {
    case 'cut':
      return panel === 'attention' ? hook(edit.head === 'all' ? 'mask-edge-all' : 'mask-edge') : null
    case 'scale-head':
      return panel === 'attention' && edit.head !== 'all' && edit.factor === 0 ? hook('silence-head') : null
    case 'patch':
      return panel === 'lens' ? `${hook('lens-put')}, ${hook('lens-keep')}` : null
    case 'direction':
      return panel === 'lens' ? hook('lens-steer') : null
    case 'drop':
      return panel === 'inside' ? hook('cache-evict') : null
    case 'causal':
    case 'skip':
    case 'turn':
      return null
  }
}

/** A selector of what the learner's hand is to touch, or their eye to look at; null: nothing on the panel. */
export function spotOf(act: Act, step: Step, panel: string): string | null {
  switch (act.kind) {
    case 'edit':
      return controlOf(panel, step.runs[act.run]?.edits?.[0])
    case 'undo':
      return '[data-testid="undo"]'
    case 'adapt': {
      const [name] = Object.keys(step.runs[act.run]?.adapters ?? {})
      const id = panel === 'adapters' && name !== undefined ? storedAs(name) : undefined
      return id === undefined ? null : `${hook(`adapter-card-${id}`)} [data-testid="strength"]`
    }
    case 'type':
      return fields[panel] ?? null
    case 'do':
      return spotsOfDeeds[act.what] ?? null
    case 'look': {
      if (act.at !== undefined) return figures[act.at]
      const opened = step.act.findLast((one) => one.kind === 'open' && one.panel === panel)
      // inside, a view is one of the cards
      if (panel === 'inside' && opened?.kind === 'open' && opened.view !== undefined) {
        return hook(`inside-${opened.view.split('.').at(-1)!}`)
      }
      return pictures[panel] ?? 'main figure'
    }
    default:
      return null
  }
}
