// Which tokenizer a checkpoint without tokenizer.json has: the class that its configuration
// names, or else the one its kind of model has.
//
// A class of the table is computed. One that is known to be something else is refused by name;
// one that nobody knows is read as its files look, and that is said.

import { clip, unsupported, type Json } from '../check.ts'

export type FilesKind =
  | 'wordpiece'
  | 'gpt2'
  | 'opt'
  | 'qwen2'
  | 'roberta'
  | 'gpt1'
  | 'llama'
  | 'gemma'
  | 'baichuan'
  | 't5'
  | 'xlm-roberta'
  | 'albert'
  | 'xlnet'
  | 'chatglm'

/** kind → tokenizer classes (without "Tokenizer"); model types that have it */
const table: Record<FilesKind, { classes: string; models: string }> = {
  wordpiece: {
    classes: 'Bert DistilBert Electra MobileBert ConvBert LayoutLM SqueezeBert Lxmert RetriBert',
    models: 'bert distilbert electra mobilebert convbert layoutlm squeezebert nomic_bert mt-dnn',
  },
  gpt2: { classes: 'GPT2 CodeGen', models: 'gpt2 gpt_neo gptj phi gpt_bigcode' },
  opt: { classes: 'OPT', models: 'opt' },
  qwen2: { classes: 'Qwen2', models: 'qwen2 qwen2_moe qwen3 qwen3_moe' },
  roberta: { classes: 'Roberta Bart Longformer LED', models: 'roberta bart longformer' },
  gpt1: { classes: 'OpenAIGPT', models: 'openai-gpt' },
  llama: { classes: 'Llama CodeLlama', models: 'llama mistral mixtral phi3' },
  gemma: { classes: 'Gemma', models: 'gemma gemma2 gemma3 gemma3_text' },
  baichuan: { classes: 'Baichuan BaiChuan', models: 'baichuan' },
  t5: { classes: 'T5 MT5', models: 't5 mt5 umt5' },
  'xlm-roberta': { classes: 'XLMRoberta', models: 'xlm-roberta xlm-roberta-xl' },
  albert: { classes: 'Albert', models: 'albert' },
  xlnet: { classes: 'XLNet', models: 'xlnet' },
  chatglm: { classes: 'ChatGLM', models: 'chatglm' },
}

/** Classes with files of these names that do something else with them. */
const others = new Set(
  `BertJapanese BertGeneration Bertweet BigBird BioGpt Barthez Bartpho Blenderbot BlenderbotSmall Camembert Clvp CLIP
  Cpm CpmAnt CTRL Deberta DebertaV2 ErnieM Esm FastSpeech2Conformer Flaubert FNet Fsmt Funnel GPTNeoXJapanese GPTSw3
  Herbert Jukebox Kosmos2 LayoutLMv2 LayoutLMv3 LayoutXLM Luke M2M100 Marian MBart MBart50 MLuke MPNet Mvp
  MyT5 Nllb Nougat Pegasus PhoBert PLBart ProphetNet Reformer RemBert RoCBert RoFormer SeamlessM4T Siglip Speech2Text
  SpeechT5 Splinter Tapas Tapex TransfoXL Udop Vits Wav2Vec2 Whisper XGLM XLM XLMProphetNet`.split(/\s+/),
)

const listed = (key: 'classes' | 'models', word: string): FilesKind | undefined =>
  (Object.keys(table) as FilesKind[]).find((kind) => table[kind][key].split(' ').includes(word))

const nameOf = (config: Json): string | null =>
  typeof config.tokenizer_class === 'string' && config.tokenizer_class !== '' ? config.tokenizer_class : null

/**
 * The kind by tokenizer_config.json, else by config.json; null when neither says it.
 * @throws TOKENIZER_UNSUPPORTED for a class that is known and not computed
 */
export function filesKind(tokenizerConfig: Json, modelConfig: Json): FilesKind | null {
  const named = nameOf(tokenizerConfig) ?? nameOf(modelConfig)
  const short = named?.replace(/(Tokenizer)?(Fast)?$/, '') ?? ''
  const byModel = listed('models', typeof modelConfig.model_type === 'string' ? modelConfig.model_type : '')
  // these say nothing about the files
  if (named === null || /^(PreTrained|Tokenizers|TokenizersBackend|Sentencepiece.*|Python.*)$/.test(short)) {
    return byModel ?? null
  }
  // OPT calls itself GPT-2
  const kind = listed('classes', short)
  if (kind === 'gpt2' && byModel === 'opt') return 'opt'
  if (kind) return kind
  if (others.has(short)) throw unsupported(`the tokenizer class "${clip(named)}" without a tokenizer.json`)
  return null
}
