// FP8 checkpoints (DeepSeek-V3's, Qwen3-FP8's, FBGEMM's): linears as E4M3 bytes with a scale for each rectangle of
// weight_block_size, each row, or the tensor. Activations are computed with as they are, not rounded to FP8.

import { groupFloats } from './bytes.ts'
import { byMethod, type Packing } from './packing.ts'

export const fp8: Packing = {
  name: 'FP8',
  settings: (config) => byMethod(config, ['fp8', 'fbgemm_fp8', 'finegrained_fp8']),
  keys: [
    ...['quant_method', 'fmt', 'weight_block_size', 'activation_scheme', 'modules_to_not_convert', 'scale_fmt'],
    ...['activation_scale_ub', 'ignored_layers', 'dequantize'],
  ],
  group(members, settings) {
    members.oneOf(settings, 'fmt', ['e4m3', 'float8_e4m3fn'], 'e4m3')
    groupFloats(members, settings)
    for (const suffix of ['.input_scale', '.activation_scale', '.input_scale_ub', '.k_scale', '.v_scale']) {
      for (const stem of members.stems(suffix)) members.drop(stem + suffix)
    }
  },
}
