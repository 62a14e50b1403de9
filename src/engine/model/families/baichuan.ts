// Baichuan 1 and 2 (2023): LLaMA with q, k and v in one tensor. 7B is turned by position, 13B has ALiBi; in Baichuan 2
// every row of the head is divided by its length. No key of the config says which: `alibi` and `norm_head` may be added to
// it; without them the class name, the width and the vocabulary tell, as in vLLM, or keys that only Baichuan 2 has.

import type { Family } from '../describe.ts'
import { llamaFiles, llamaGguf, llamaKeys, llamaLike, llamaRows } from './llama.ts'
import { changed, checkRowLayout, grouped } from './words.ts'

/** rows of Baichuan 2's vocabulary */
const SECOND = 125696

export const baichuan: Family = {
  name: 'baichuan',
  types: ['baichuan'],
  keys: [...llamaKeys, 'architectures', 'alibi', 'norm_head', 'z_loss_weight'],
  ...llamaFiles,
  gguf: {
    arch: 'baichuan',
    ...llamaGguf,
    rows: llamaRows,
    config: (keys) => {
      checkRowLayout(keys, 'Meta AI original pth')
      return {
        ...llamaGguf.config(keys),
        // as llama.cpp: 32 layers are 7B, 40 are 13B
        alibi: keys.required('block_count') === 40,
      }
    },
    describe: (config) => {
      const alibi = config.flag('alibi', false)
      const made = llamaLike('baichuan', config, { unturned: alibi })
      const { tokens } = made.head
      const unitRows = config.flag('norm_head', made.dims.V === SECOND)
      return {
        ...changed(made, (attention, mlp) => [
          alibi ? { ...attention, body: { ...attention.body, bias: { kind: 'slopes' } } } : attention,
          mlp,
        ]),
        head: { ...made.head, tokens: { ...tokens!, unitRows } },
      }
    },
  },
  describe(config) {
    const named = config.raw('architectures'),
      called: unknown = Array.isArray(named) ? named[0] : undefined
    const first = typeof called === 'string' && called.startsWith('BaiChuan')
    const maxContext = config.count('max_position_embeddings|model_max_length', 4096)
    // 13B has no table of positions, so its config has no length of one
    const turned = first || config.has('max_position_embeddings') || config.count('hidden_size', 4096) === 4096
    const alibi = config.flag('alibi', !turned)
    const sized = config.but({ max_position_embeddings: maxContext })
    const made = llamaLike('baichuan', sized, { V: 64000, unturned: alibi })
    const unitRows = config.flag('norm_head', made.dims.V === SECOND || config.has('z_loss_weight'))
    return {
      ...changed(made, (attention, mlp) => [
        {
          ...attention,
          body: {
            ...attention.body,
            ...grouped('self_attn.W_pack', made.dims, false, true),
            ...(alibi && { bias: { kind: 'slopes' } }),
          },
        },
        mlp,
      ]),
      head: { ...made.head, tokens: { ...made.head.tokens!, unitRows } },
    }
  },
}
