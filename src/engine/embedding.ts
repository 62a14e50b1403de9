// From the vectors of a text's tokens to the one of the text: pooling, dense layers and length one, as a
// sentence-embedding checkpoint says it (modules.json and a folder for each module, as sentence-transformers writes
// them), or a GGUF's pooling_type. Reimers & Gurevych 2019. Pure: it runs no model.

import { EngineError } from './errors.ts'
import type { ModelFiles } from './formats/bytes.ts'
import { parseJsonObject } from './formats/config.ts'
import { decodeFloats } from './formats/decode.ts'
import { notFinite } from './formats/finite.ts'
import { readSafetensors } from './formats/safetensors.ts'
import { readText } from './formats/text.ts'
import { activations, findActivation } from './ops/activations.ts'
import { plainly } from './shown.ts'

export interface TextPooling {
  /** tokens that the model was trained to read at most, [CLS] and its like included; null where nothing says it */
  maxTokens: number | null
  /** the text is put in lower case before the tokenizer sees it */
  lowers: boolean
  /** @param hidden the last residual of every token, all of one width @throws PARAM_INVALID without a token */
  pool(hidden: readonly Float32Array[]): Float32Array
}

type Vector = Float64Array
type Step = (x: Vector) => Vector

const maxBytes = 2 ** 20,
  mostModules = 64

/** One vector for T of them, D wide; every token counts, [CLS] and [SEP] too. */
const modes: Readonly<Record<string, (hidden: readonly Float32Array[], i: number) => number>> = {
  cls: (hidden, i) => hidden[0]![i]!,
  max: (hidden, i) => hidden.reduce((m, h) => Math.max(m, h[i]!), -Infinity),
  mean: (hidden, i) => sum(hidden, i) / hidden.length,
  mean_sqrt_len: (hidden, i) => sum(hidden, i) / Math.sqrt(hidden.length),
  weightedmean: (hidden, i) =>
    hidden.reduce((all, h, t) => all + (t + 1) * h[i]!, 0) / ((hidden.length * (hidden.length + 1)) / 2),
  lasttoken: (hidden, i) => hidden.at(-1)![i]!,
}
const sum = (hidden: readonly Float32Array[], i: number): number => hidden.reduce((all, h) => all + h[i]!, 0)

/** Older configs have a flag for each, and put the vectors of several side by side in this order. */
const flags: readonly [key: string, mode: string][] = [
  ['pooling_mode_cls_token', 'cls'],
  ['pooling_mode_max_tokens', 'max'],
  ['pooling_mode_mean_tokens', 'mean'],
  ['pooling_mode_mean_sqrt_len_tokens', 'mean_sqrt_len'],
  ['pooling_mode_weightedmean_tokens', 'weightedmean'],
  ['pooling_mode_lasttoken', 'lasttoken'],
]

/** GGUF's numbers; 0 says none, 4 a score of a pair in place of a vector. */
const ggufModes: Readonly<Record<number, string>> = { 1: 'mean', 2: 'cls', 3: 'lasttoken' }

const invalid = (file: string, key: string, need: string, found: unknown): EngineError =>
  new EngineError(
    'CONFIG_INVALID',
    `Cannot use "${file}": "${key}" must be ${need}, the file has ${plainly(found)}. The file is damaged or of a kind this version does not know.`,
    { file, key, need, found: plainly(found) },
  )

/**
 * Whether the files of a model say that it was made for vectors of texts. What they say of it, `openPooling` reads and
 * checks: here a list that cannot be read says nothing.
 */
export async function isForVectors(
  files: ModelFiles,
  config: Readonly<Record<string, unknown>>,
  signal?: AbortSignal,
): Promise<boolean> {
  const listed = await readText(files, 'modules.json', maxBytes, signal)
  if (listed === null) return Object.hasOwn(ggufModes, String(config['pooling_type']))
  return /"type"\s*:\s*"(?:[^"]*\.)?Pooling"/.test(listed)
}

/** Where no file says how: POOLING_ASSUMED tells of it. */
export const meanOfTokens: TextPooling = {
  maxTokens: null,
  lowers: false,
  pool: (hidden) => toFloats([], pooled(['mean'], hidden)),
}

/**
 * @param files of the model's folder
 * @param config of the model; a GGUF's has pooling_type
 * @returns null where neither says that the model was made for vectors of texts
 * @throws CONFIG_INVALID, FILE_MISSING, FILE_FORMAT
 */
export async function openPooling(
  files: ModelFiles,
  config: Readonly<Record<string, unknown>> = {},
  signal?: AbortSignal,
): Promise<TextPooling | null> {
  const listed = await readText(files, 'modules.json', maxBytes, signal)
  if (listed === null) {
    const mode = ggufModes[config['pooling_type'] as number]
    return mode === undefined
      ? null
      : { maxTokens: null, lowers: false, pool: (hidden) => toFloats([unit], pooled([mode], hidden)) }
  }
  // a list in a file whose reader knows objects
  const { modules } = parseJsonObject('modules.json', `{"modules": ${listed}}`) as { modules: unknown }
  if (!Array.isArray(modules)) throw invalid('modules.json', 'modules', 'a list', modules)
  let how: string[] | null = null
  const steps: Step[] = []
  if (modules.length > mostModules) {
    throw invalid('modules.json', 'modules', `a list of at most ${mostModules} objects`, modules.length)
  }
  for (const module of modules as unknown[]) {
    if (module === null || typeof module !== 'object') {
      throw invalid('modules.json', 'modules', `a list of at most ${mostModules} objects`, module)
    }
    const { type, path = '' } = module as { type?: unknown; path?: unknown }
    if (typeof path !== 'string') throw invalid('modules.json', 'path', 'a name', path)
    const kind = typeof type === 'string' ? type.split('.').at(-1)! : ''
    const at = path === '' ? '' : `${path}/`
    if (kind === 'Pooling') how = modesOf(`${at}config.json`, await readObject(files, `${at}config.json`, signal))
    else if (kind === 'Normalize') steps.push(unit)
    else if (kind === 'Dense') steps.push(await dense(files, at, signal))
    else if (kind !== 'Transformer' && kind !== 'Dropout') {
      throw invalid('modules.json', 'type', 'Transformer, Pooling, Dense, Normalize or Dropout', type)
    }
  }
  if (how === null) return null
  const taken = how
  const sizes = await readText(files, 'sentence_bert_config.json', maxBytes, signal)
  const said = sizes === null ? {} : parseJsonObject('sentence_bert_config.json', sizes),
    most = said['max_seq_length']
  return {
    maxTokens: Number.isSafeInteger(most) && (most as number) > 0 ? (most as number) : null,
    lowers: said['do_lower_case'] === true,
    pool: (hidden) => toFloats(steps, pooled(taken, hidden)),
  }
}

async function readObject(files: ModelFiles, name: string, signal?: AbortSignal): Promise<Record<string, unknown>> {
  const text = await readText(files, name, maxBytes, signal)
  if (text === null) {
    throw new EngineError('FILE_MISSING', `Cannot open the model: "${name}" is missing. Add it.`, { file: name })
  }
  return parseJsonObject(name, text)
}

function modesOf(file: string, config: Record<string, unknown>): string[] {
  const given = config['pooling_mode']
  const named = given === undefined || given === null ? [] : [given].flat()
  for (const mode of named) {
    if (typeof mode !== 'string' || !Object.hasOwn(modes, mode)) {
      throw invalid(file, 'pooling_mode', `one of ${Object.keys(modes).join(', ')}`, mode)
    }
  }
  const found = named.length
    ? (named as string[])
    : flags.flatMap(([key, mode]) => (config[key] === true ? [mode] : []))
  return found.length ? found : ['mean']
}

function pooled(how: readonly string[], hidden: readonly Float32Array[]): Vector {
  const [first] = hidden
  if (!first) {
    const need = 'at least one token'
    throw new EngineError('PARAM_INVALID', `Cannot make a vector of a text without tokens.`, {
      param: 'text',
      need,
      found: '0',
    })
  }
  return Float64Array.from({ length: how.length * first.length }, (_, n) =>
    modes[how[Math.floor(n / first.length)]!]!(hidden, n % first.length),
  )
}

/** x / max(|x|, 1e-12) */
const unit: Step = (x) => {
  const length = Math.max(Math.sqrt(x.reduce((all, v) => all + v * v, 0)), 1e-12)
  return x.map((v) => v / length)
}

const toFloats = (steps: readonly Step[], x: Vector): Float32Array =>
  Float32Array.from(steps.reduce((value, step) => step(value), x))

/** act(W x + b), its weights in a safetensors file of its own. */
async function dense(files: ModelFiles, at: string, signal?: AbortSignal): Promise<Step> {
  const config = await readObject(files, `${at}config.json`, signal)
  const name = config['activation_function'] ?? 'Tanh'
  const word = typeof name === 'string' ? name.split('.').at(-1)!.toLowerCase() : ''
  const act = findActivation(word === 'identity' ? 'linear' : word)
  if (!act) throw invalid(`${at}config.json`, 'activation_function', 'a function this version knows', name)
  const { f } = activations.find((a) => a.name === act)!
  const file = `${at}model.safetensors`,
    source = files.get(file)
  if (!source) {
    throw new EngineError('FILE_MISSING', `Cannot open the model: "${file}" is missing. Add it.`, { file })
  }
  const { entries } = await readSafetensors(source, signal)
  const read = async (tensor: string): Promise<{ shape: readonly number[]; values: Float32Array } | null> => {
    const entry = entries.get(tensor)
    if (!entry) return null
    const { dtype, shape, begin, end } = entry
    const values = decodeFloats(dtype, await source.read(begin, end - begin, signal))
    if (!values.every(Number.isFinite)) throw notFinite(tensor)
    return { shape, values }
  }
  const weight = await read('linear.weight'),
    bias = await read('linear.bias')
  const [N = 0, K = 0] = weight?.shape ?? []
  if (!weight || weight.shape.length !== 2 || (bias && bias.values.length !== N)) {
    throw invalid(file, 'linear.weight', 'a matrix, and linear.bias a value for each of its rows', weight?.shape)
  }
  return (x) => {
    if (x.length !== K) throw invalid(file, 'linear.weight', `${x.length} columns`, K)
    return Float64Array.from({ length: N }, (_, n) => {
      let y = bias?.values[n] ?? 0
      for (let k = 0; k < K; k++) y += weight.values[n * K + k]! * x[k]!
      return f(y)
    })
  }
}
