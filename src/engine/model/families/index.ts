// The list of model families: one line each.

import { EngineError } from '../../errors.ts'
import { familyOf, textConfig } from '../../formats/family.ts'
import { readConfig, wordings } from '../config.ts'
import type { Description, Family, ModelFormat, ShapeOf } from '../describe.ts'
import { judgeKeys } from '../keys.ts'
import { bert } from './bert.ts'
import { gemma } from './gemma.ts'
import { gemma2 } from './gemma2.ts'
import { gemma3 } from './gemma3.ts'
import { albert } from './albert.ts'
import { distilbert } from './distilbert.ts'
import { modernbert } from './modernbert.ts'
import { nomicBert } from './nomic_bert.ts'
import { roberta, xlmRoberta } from './roberta.ts'
import { chatglm } from './chatglm.ts'
import { chatglm2 } from './chatglm2.ts'
import { baichuan } from './baichuan.ts'
import { bloom } from './bloom.ts'
import { withTask } from './decoder-tasks.ts'
import { cohere, cohere2 } from './cohere.ts'
import { falcon } from './falcon.ts'
import { gpt1 } from './gpt1.ts'
import { gpt2 } from './gpt2.ts'
import { gptNeo } from './gpt_neo.ts'
import { gptNeox } from './gpt_neox.ts'
import { gptj } from './gptj.ts'
import { granite } from './granite.ts'
import { llama } from './llama.ts'
import { mistral } from './mistral.ts'
import { mixtral } from './mixtral.ts'
import { olmoe } from './olmoe.ts'
import { qwen2Moe } from './qwen2_moe.ts'
import { qwen3Moe } from './qwen3_moe.ts'
import { lstm, rnn } from './recurrent.ts'
import { olmo2, olmo3 } from './olmo2.ts'
import { opt } from './opt.ts'
import { phi } from './phi.ts'
import { phi3 } from './phi3.ts'
import { qwen2 } from './qwen2.ts'
import { qwen3 } from './qwen3.ts'
import { t5, t5Encoder } from './t5.ts'
import { xlnet } from './xlnet.ts'
import { smollm3 } from './smollm3.ts'
import { stablelm } from './stablelm.ts'

export const families: Family[] = [
  ...[gpt1, gpt2, gptNeo, bloom, gptNeox, falcon, gptj, phi, opt],
  ...[phi3, olmo2, olmo3, granite, smollm3, baichuan, stablelm, cohere, cohere2],
  llama,
  mistral,
  mixtral,
  qwen2,
  qwen3,
  qwen2Moe,
  qwen3Moe,
  olmoe,
  rnn,
  lstm,
  bert,
  roberta,
  xlnet,
  xlmRoberta,
  distilbert,
  albert,
  modernbert,
  nomicBert,
  gemma,
  gemma2,
  gemma3,
  t5,
  t5Encoder,
  chatglm,
  chatglm2,
]

/** Of a model, however its layers are counted (ALBERT has them in groups). */
const mostLayers = 1024

/**
 * The description of the model that config.json declares.
 * @param format whose words they are
 * @param shapeOf what the files hold, where it is known
 * @param forVectors whether files beside the weights say how a text's vector is made
 * @throws FAMILY_UNSUPPORTED, also for a key that changes the numbers and is not computed with; CONFIG_INVALID
 */
export function describe(
  given: Record<string, unknown>,
  format: ModelFormat = 'safetensors',
  shapeOf: ShapeOf = () => undefined,
  forVectors = false,
): Description {
  const raw = textConfig(families, given)
  const config = readConfig(raw, wordings[format])
  const type = config.text('model_type', 'none')
  const family = familyOf(families, raw)
  if (!family) {
    const known = [...new Set(families.flatMap(({ types }) => types))].join(', ')
    throw new EngineError(
      'FAMILY_UNSUPPORTED',
      `Cannot load this model: its model_type is "${type}"; this version knows ${known}.`,
      { type, known },
    )
  }
  const read = (format === 'gguf' && family.gguf?.describe) || family.describe
  // for vectors, an encoder–decoder's encoder alone is read, as sentence-transformers does
  const taken =
    forVectors && family.keys.includes('is_encoder_decoder') ? config.but({ is_encoder_decoder: false }) : config
  const description = withTask(read(taken, shapeOf), config, shapeOf, forVectors)
  const { layers, maxContext } = description.dims
  if (layers > mostLayers) throw config.invalid('num_hidden_layers', `a whole number from 1 to ${mostLayers}`, layers)
  if (maxContext < 1) {
    throw config.invalid(
      'max_position_embeddings',
      'enough for one token and what stands before it',
      config.raw('max_position_embeddings') ?? maxContext,
    )
  }
  const rest = judgeKeys(raw, family, families, description.dims)
  return { ...description, biases: config.wording.biases, ignored: [...config.ignored, ...rest] }
}

/**
 * The same model as files of the other sort keep it: of a GGUF the checkpoint that it was made of, or the other way round;
 * null where no converter leaves another network behind.
 */
export function describeElsewhere(
  given: Record<string, unknown>,
  format: ModelFormat,
  shapeOf: ShapeOf,
): Description | null {
  const family = familyOf(families, textConfig(families, given))
  if (!family?.gguf?.describe) return null
  if (format !== 'gguf') return describe(given, 'gguf', shapeOf)
  // GPT-NeoX has a word of its own for it, and another default
  const { partial_rotary_factor: rotary_pct } = given
  const own = rotary_pct !== undefined && family.keys.includes('rotary_pct') ? { rotary_pct } : {}
  return describe({ ...given, ...own }, 'safetensors', shapeOf)
}
