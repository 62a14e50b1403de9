// Baichuan 1 and 2 (2023): LLaMA with q, k and v in one tensor. 7B is turned by position, 13B has ALiBi; in Baichuan 2
// every row of the head is divided by its length. No key of the config says which: `alibi` and `norm_head` may be added to
// it; without them the class name, the width and the vocabulary tell, as in vLLM, or a key that only Baichuan 2 has.

import type { Family } from '../describe.ts'
import { llamaFiles, llamaGguf, llamaKeys, llamaLike, llamaRows } from './llama.ts'
import { changed, checkRowLayout, grouped } from './words.ts'

/** rows of Baichuan 2's vocabulary */
const SECOND = 125696

export const baichuan: Family = {
  name: 'baichuan',
  types: ['baichuan'],
  keys: [...llamaKeys, 'alibi', 'norm_head', 'z_loss_weight'],
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
      const made = llamaLike('baichuan', config, { eps: 1e-6 })
      const { tokens } = made.head
      const unitRows = config.flag('norm_head', made.dims.V === SECOND)
      const alibi = config.flag('alibi', false)
      return {
        ...changed(made, (attention, mlp) => [
          alibi ? { ...attention, body: { ...attention.body, rope: null, bias: { kind: 'slopes' } } } : attention,
          mlp,
        ]),
        head: { ...made.head, tokens: { ...tokens!, unitRows } },
      }
    },
  },
  describe(config) {
    const named = config.raw('architectures')
    const first = Array.isArray(named) && String(named[0]).startsWith('BaiChuan')
    const maxContext = config.count('max_position_embeddings|model_max_length', 4096)
    const made = llamaLike('baichuan', config.but({ max_position_embeddings: maxContext }), { V: 64000 })
    const alibi = config.flag('alibi', !first && made.dims.D !== 4096)
    const unitRows = config.flag('norm_head', made.dims.V === SECOND || config.has('z_loss_weight'))
    return {
      ...changed(made, (attention, mlp) => [
        {
          ...attention,
          body: {
            ...attention.body,
            ...grouped('self_attn.W_pack', made.dims, false, true),
            ...(alibi && { rope: null, bias: { kind: 'slopes' } }),
          },
        },
        mlp,
      ]),
      head: { ...made.head, tokens: { ...made.head.tokens!, unitRows } },
    }
  },
}
