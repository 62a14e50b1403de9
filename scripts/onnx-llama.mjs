// A LLaMA of any size as onnxruntime-web runs it fastest: 4-bit matrices in blocks of 32 (MatMulNBits), q, k and v in one
// matrix, rotary positions inside GroupQueryAttention, which appends to caches of fixed size, norms that add the residual,
// the head for the last token alone. The weights are random: they are as many, and what they cost does not depend on them.
import { onnxModel } from './onnx.mjs'

export const BLOCK = 32
const EPS = { float: 1e-5 }

/** Numbers by a seed, the same on every machine (xorshift32). */
export function randomWords(seed) {
  let state = seed
  return (count) =>
    Uint32Array.from({ length: count }, () => {
      state ^= state << 13
      state ^= state >>> 17
      state ^= state << 5
      return state >>> 0
    })
}

/** Codes around 8 and scales, so that a column's numbers have a mean square of about 1 / columns: inputs of MatMulNBits. */
export const scalesOf = (rows, columns) =>
  new Float32Array((rows * columns) / BLOCK).fill(1 / (4.61 * Math.sqrt(columns)))

/** cos and sin of the angles of every position: (C, d / 2) each. */
export function angles({ C, d, theta }) {
  const half = d / 2
  const angle = (i) => Math.floor(i / half) / theta ** ((2 * (i % half)) / d)
  const table = (of) => Float32Array.from({ length: C * half }, (_, i) => of(angle(i)))
  return { cos: table(Math.cos), sin: table(Math.sin) }
}

/**
 * The model's bytes. Inputs: input_ids (1, T), seqlens_k (1) = tokens so far - 1, total_sequence_length = tokens so far,
 * past_key_values.N.key and .value (1, K, C, d). Outputs: logits (1, 1, V) of the last token, present.N.key and .value.
 * @param shape L layers, D, H, K, d, F, V as everywhere in this project; C entries of the caches
 * @param accuracy MatMulNBits' accuracy_level: 0 leaves activations in f32, 4 lets them be made int8
 */
export function onnxLlama({ L, D, H, K, d, F, V, C, theta = 10_000 }, accuracy = 4) {
  const nodes = []
  const weights = []
  const words = randomWords(1)
  const weight = (name, type, shape, data) => {
    weights.push({ name, type, shape, data })
    return name
  }
  const contrib = (op, inputs, outputs, attributes) =>
    nodes.push({ op, domain: 'com.microsoft', inputs, outputs, attributes })

  // codes are shared between matrices of one shape in this process, never in the file
  const pool = words(2 ** 16)
  let turn = 0
  /** @param count of 4-bit codes' bytes */
  function codes(count) {
    const out = new Uint32Array(count / 4)
    for (let i = 0; i < out.length; i++) out[i] = pool[(i + turn) % pool.length] ^ Math.imul(i + turn, 0x9e3779b1)
    turn += 7919
    return new Uint8Array(out.buffer)
  }
  const matmul = (name, x, rows, columns) => {
    const B = weight(`${name}.codes`, 'u8', [rows, columns / BLOCK, BLOCK / 2], codes((rows * columns) / 2))
    const scales = weight(`${name}.scales`, 'f32', [(rows * columns) / BLOCK], scalesOf(rows, columns))
    contrib('MatMulNBits', [x, B, scales], [name], {
      K: columns,
      N: rows,
      bits: 4,
      block_size: BLOCK,
      accuracy_level: accuracy,
    })
    return name
  }
  const gain = (name) => weight(`${name}.weight`, 'f32', [D], new Float32Array(D).fill(1))
  const { cos, sin } = angles({ C, d, theta })
  weight('cos', 'f32', [C, d / 2], cos)
  weight('sin', 'f32', [C, d / 2], sin)

  contrib(
    'GatherBlockQuantized',
    [
      weight('embed.codes', 'u8', [V, D / 2], codes((V * D) / 2)),
      'input_ids',
      weight('embed.scales', 'f32', [V, D / BLOCK], scalesOf(V, D)),
    ],
    ['embed'],
    { bits: 4, block_size: BLOCK, gather_axis: 0, quantize_axis: 1 },
  )
  let residual = 'embed'
  let branch = null
  /** norm(residual + branch), which becomes the residual */
  const norm = (name) => {
    if (!branch) {
      nodes.push({
        op: 'SimplifiedLayerNormalization',
        inputs: [residual, gain(name)],
        outputs: [name],
        attributes: { axis: -1, epsilon: EPS, stash_type: 1 },
      })
      return name
    }
    const sum = `${name}.sum`
    contrib('SkipSimplifiedLayerNormalization', [residual, branch, gain(name)], [name, '', '', sum], { epsilon: EPS })
    residual = sum
    return name
  }
  for (let i = 0; i < L; i++) {
    const qkv = matmul(`${i}.qkv`, norm(`${i}.attn.norm`), (H + 2 * K) * d, D)
    const cache = ['key', 'value'].map((plane) => `past_key_values.${i}.${plane}`)
    contrib(
      'GroupQueryAttention',
      [qkv, '', '', ...cache, 'seqlens_k', 'total_sequence_length', 'cos', 'sin'],
      [`${i}.z`, `present.${i}.key`, `present.${i}.value`],
      { num_heads: H, kv_num_heads: K, do_rotary: 1, scale: { float: 1 / Math.sqrt(d) } },
    )
    branch = matmul(`${i}.o`, `${i}.z`, D, H * d)
    const x = norm(`${i}.mlp.norm`)
    const [gate, up] = [matmul(`${i}.gate`, x, F, D), matmul(`${i}.up`, x, F, D)]
    contrib('QuickGelu', [gate], [`${i}.silu`], { alpha: { float: 1 } }) // x sigmoid(x)
    nodes.push({ op: 'Mul', inputs: [`${i}.silu`, up], outputs: [`${i}.act`] })
    branch = matmul(`${i}.down`, `${i}.act`, D, F)
  }
  const last = weight('last', 'i64', [1], BigInt64Array.of(-1n))
  nodes.push({ op: 'Gather', inputs: [norm('norm'), last], outputs: ['last.norm'], attributes: { axis: 1 } })
  matmul('logits', 'last.norm', V, D)

  const caches = (prefix) =>
    Array.from({ length: L }, (_, i) => [`${prefix}.${i}.key`, `${prefix}.${i}.value`])
      .flat()
      .map((name) => ({ name, type: 'f32', shape: [1, K, C, d] }))
  return onnxModel({
    name: 'llama',
    nodes,
    weights,
    inputs: [
      { name: 'input_ids', type: 'i64', shape: [1, 'T'] },
      { name: 'seqlens_k', type: 'i32', shape: [1] },
      { name: 'total_sequence_length', type: 'i32', shape: [1] },
      ...caches('past_key_values'),
    ],
    outputs: [{ name: 'logits', type: 'f32', shape: [1, 1, V] }, ...caches('present')],
  })
}
