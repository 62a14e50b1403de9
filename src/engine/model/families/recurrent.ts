// Recurrent language models: Elman's network (Mikolov et al. 2010) and the LSTM (Sundermeyer et al. 2012). A layer's state
// takes the place of a KV cache; h' is all that the head sees of the text.
//   rnn    h' = tanh(w_ih e + b_ih + w_hh h + b_hh)
//   lstm   four such sums, rows i, f, g, o:  c' = sigmoid(f) c + sigmoid(i) tanh(g),   h' = sigmoid(o) tanh(c')

import type { Cell, Family } from '../describe.ts'

/** What the state forgets nobody counts: so much of a text is kept, where config.json does not say. */
const CONTEXT = 4096

const recurrent = (cell: Cell['cell']): Family => ({
  name: cell,
  types: [cell],
  keys: [
    'model_type',
    'vocab_size',
    'embedding_size',
    'hidden_size',
    'num_hidden_layers',
    'max_position_embeddings',
    'tie_word_embeddings',
    'quantization_config',
  ],
  modules: { root: '', embed: 'embed', blocks: 'layers', others: [], heads: ['w_out'] },
  describe(config) {
    const H = config.count('hidden_size', 200)
    const layers = config.count('num_hidden_layers', 1)
    const width = config.count('embedding_size', H),
      tied = config.flag('tie_word_embeddings', false)
    if (tied && width !== H) {
      throw config.invalid('embedding_size', `hidden_size, ${H}, as the head is the embedding`, width)
    }
    const linear = (name: string) => ({ at: `w_${name}`, weightAt: `w_${name}`, bias: true, biasAt: `b_${name}` })
    // the first layer's names have no number; a second one's end with its own, as PyTorch counts them
    const ofLayer = (name: string, layer: number) => linear(layer ? `${name}_l${layer}` : name)
    return {
      family: cell,
      dims: {
        layers,
        D: H,
        H: 1,
        K: 1,
        d: H,
        F: (cell === 'lstm' ? 4 : 1) * H,
        V: config.count('vocab_size', 10000),
        maxContext: config.count('max_position_embeddings', CONTEXT),
      },
      embed: { at: 'embed', weightAt: 'embed', width },
      block: (layer) => ({
        at: '',
        branches: [{ body: { kind: 'cell', cell, input: ofLayer('ih', layer), hidden: ofLayer('hh', layer) } }],
      }),
      head: { tokens: { ...linear('out'), tied } },
    }
  },
})

export const lstm: Family = recurrent('lstm')
export const rnn: Family = recurrent('rnn')
