// P-tuning v2 as ChatGLM has it (Liu et al. 2022; THUDM's modeling_chatglm.py): like prefix tuning, but the text's positions
// begin at 0 behind the prefix. The file holds a table (n, L 2 K d), or what makes one: a table (n, D) and two matrices,
// trans.2 (tanh (trans.0 x)).

import type { Plan } from '../model/plan.ts'
import type { WeightProvider } from '../runtime/runtime.ts'
import { tensorName, type Adapter, type AdapterFile, type AdapterKind } from './adapter.ts'
import { AdapterConfig } from './config.ts'
import { missingTensor, notBefore, unreadTensors, unsupported, wrongShape } from './errors.ts'
import { headsOf, layersOf } from './prefix-tuning.ts'

export const PREFIX_ENCODER = 'PREFIX_ENCODER'
const TABLE = 'embedding.weight'
const PROJECTION = ['trans.0.weight', 'trans.0.bias', 'trans.2.weight', 'trans.2.bias'] as const
/** Values of one matrix that is multiplied here, once: more would take minutes. */
const MOST_VALUES = 2 ** 27

/**
 * It has no config of its own: a config.json of the whole model says how long the prefix is; null where it does not.
 */
export function prefixConfig(name: string, model: Readonly<Record<string, unknown>>): AdapterConfig | null {
  const { pre_seq_len, prefix_projection = false } = model
  if (pre_seq_len === undefined || pre_seq_len === null) return null
  return new AdapterConfig(name, JSON.stringify({ pre_seq_len, prefix_projection }), 'config.json')
}

export const prefixEncoder: AdapterKind = {
  type: PREFIX_ENCODER,
  open(file): Adapter {
    const { name, config, tensors } = file
    const count = config.number('pre_seq_len', 1),
      projected = config.flag('prefix_projection')
    const named = membersOf(file)
    const need = (word: string) => named.get(word) ?? missing(name, `transformer.prefix_encoder.${word}`)
    const wanted = [TABLE, ...(projected ? PROJECTION : [])]
    const others = [...named].flatMap(([word, tensor]) => (wanted.includes(word) ? [] : [tensor.name]))
    if (others.length > 0) throw unreadTensors(name, others)
    for (const word of wanted) need(word)

    /** shapes by word, for a model whose keys and values of all layers are `width` numbers */
    const shapesFor = (width: number): Map<string, number[]> => {
      if (!projected) return new Map([[TABLE, [count, width]]])
      const [inner = 0, D = 0] = need('trans.0.weight').shape
      if (inner * width > MOST_VALUES) throw unsupported(name, 'prefix_projection', true)
      return new Map([
        [TABLE, [count, D]],
        ['trans.0.weight', [inner, D]],
        ['trans.0.bias', [inner]],
        ['trans.2.weight', [width, inner]],
        ['trans.2.bias', [width]],
      ])
    }
    const widthOf = (plan: Plan): number => {
      const heads = headsOf(plan)
      if (!heads) throw notBefore(name)
      return plan.blocks.length * 2 * heads.kvHeads * heads.headDim
    }
    const read = (weights: Pick<WeightProvider, 'vector'>, word: string, shape: number[], signal?: AbortSignal) => {
      const length = shape.reduce((product, n) => product * n, 1)
      return weights.vector({ parts: [{ tensor: tensorName(name, need(word).name), length, shape }], length }, signal)
    }
    return {
      kind: 'P-tuning v2',
      rank: null,
      tensors: new Map(
        [...tensors].map(([own, tensor]) => [tensorName(name, own), { ...tensor, name: tensorName(name, own) }]),
      ),
      adapt(plan) {
        for (const [word, shape] of shapesFor(widthOf(plan))) {
          const found = need(word)
          if (found.shape.length !== shape.length || found.shape.some((n, i) => n !== shape[i])) {
            throw wrongShape(name, found.name, shape, found.shape)
          }
        }
        return { plan, modules: [] }
      },
      lead: {
        count,
        async read(plan, weights, signal) {
          const shapes = shapesFor(widthOf(plan))
          const values = new Map<string, Float32Array>()
          for (const [word, shape] of shapes) values.set(word, await read(weights, word, shape, signal))
          const [first, firstBias, second, secondBias] = PROJECTION.map((word) => values.get(word)!)
          const table = values.get(TABLE)!
          const made = projected
            ? linear(linear(table, count, first!, firstBias!).map(Math.tanh), count, second!, secondBias!)
            : Float64Array.from(table)
          const layers = layersOf(Float32Array.from(made), count, plan.blocks.length)
          return { kind: 'keys', count, positions: 'not counted', layers }
        },
      },
    }
  },
}

const missing = (adapter: string, tensor: string): never => {
  throw missingTensor(adapter, tensor)
}

/** By what stands behind "prefix_encoder."; a tensor of another name under its own. */
function membersOf({ tensors }: AdapterFile): Map<string, { name: string; shape: readonly number[] }> {
  return new Map(
    [...tensors].map(([own, { shape }]) => [
      own.replace(/^(transformer\.)?prefix_encoder\./, ''),
      { name: own, shape },
    ]),
  )
}

/** x (rows, in) · W (out, in)ᵀ + b, in f64 */
function linear(x: ArrayLike<number>, rows: number, w: Float32Array, b: Float32Array): Float64Array {
  const out = b.length,
    into = w.length / out
  const y = new Float64Array(rows * out)
  for (let i = 0; i < rows; i++) {
    for (let n = 0; n < out; n++) {
      let sum = b[n]!
      for (let j = 0; j < into; j++) sum += x[i * into + j]! * w[n * into + j]!
      y[i * out + n] = sum
    }
  }
  return y
}
