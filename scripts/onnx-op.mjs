// One op of a LLaMA as an ONNX graph, several times over the same input with weights of their own: what one of them takes is
// the difference between many and few, whatever a run costs besides.
import { angles, BLOCK, randomWords, scalesOf } from './onnx-llama.mjs'
import { onnxModel } from './onnx.mjs'

const codes = (words, count) => new Uint8Array(words(count / 4).buffer)

/** y = x Wᵀ, W (N, K) in 4 bits. */
function matmul({ N, K, T, accuracy }, copies) {
  const words = randomWords(7)
  const each = Array.from({ length: copies }, (_, i) => i)
  return {
    inputs: [{ name: 'x', type: 'f32', shape: [1, T, K] }],
    outputs: each.map((i) => ({ name: `y${i}`, type: 'f32', shape: [1, T, N] })),
    weights: each.flatMap((i) => [
      { name: `codes${i}`, type: 'u8', shape: [N, K / BLOCK, BLOCK / 2], data: codes(words, (N * K) / 2) },
      { name: `scales${i}`, type: 'f32', shape: [(N * K) / BLOCK], data: scalesOf(N, K) },
    ]),
    nodes: each.map((i) => ({
      op: 'MatMulNBits',
      domain: 'com.microsoft',
      inputs: ['x', `codes${i}`, `scales${i}`],
      outputs: [`y${i}`],
      attributes: { K, N, bits: 4, block_size: BLOCK, accuracy_level: accuracy },
    })),
  }
}

/** Norm of x plus a branch, as it stands between two branches. */
function norm({ D, T }, copies) {
  const each = Array.from({ length: copies }, (_, i) => i)
  return {
    inputs: ['x', 'branch'].map((name) => ({ name, type: 'f32', shape: [1, T, D] })),
    outputs: each.flatMap((i) => [`y${i}`, `sum${i}`].map((name) => ({ name, type: 'f32', shape: [1, T, D] }))),
    weights: each.map((i) => ({
      name: `gain${i}`,
      type: 'f32',
      shape: [D],
      data: new Float32Array(D).fill(1 + i / 100),
    })),
    nodes: each.map((i) => ({
      op: 'SkipSimplifiedLayerNormalization',
      domain: 'com.microsoft',
      inputs: ['x', 'branch', `gain${i}`],
      outputs: [`y${i}`, '', '', `sum${i}`],
      attributes: { epsilon: { float: 1e-5 } },
    })),
  }
}

/** Rotation, append and attention over caches of C entries, which stay where they are. */
function attention({ H, K, d, C, T }, copies) {
  const each = Array.from({ length: copies }, (_, i) => i)
  const { cos, sin } = angles({ C, d, theta: 10_000 })
  const planes = each.flatMap((i) => [`${i}.key`, `${i}.value`])
  const cache = (name) => ({ name, type: 'f32', shape: [1, K, C, d] })
  return {
    inputs: [
      { name: 'x', type: 'f32', shape: [1, T, (H + 2 * K) * d] },
      { name: 'seqlens_k', type: 'i32', shape: [1] },
      { name: 'total_sequence_length', type: 'i32', shape: [1] },
      ...planes.map((plane) => cache(`past.${plane}`)),
    ],
    outputs: [
      ...each.map((i) => ({ name: `y${i}`, type: 'f32', shape: [1, T, H * d] })),
      ...planes.map((plane) => cache(`present.${plane}`)),
    ],
    weights: [
      { name: 'cos', type: 'f32', shape: [C, d / 2], data: cos },
      { name: 'sin', type: 'f32', shape: [C, d / 2], data: sin },
    ],
    nodes: each.map((i) => ({
      op: 'GroupQueryAttention',
      domain: 'com.microsoft',
      inputs: ['x', '', '', `past.${i}.key`, `past.${i}.value`, 'seqlens_k', 'total_sequence_length', 'cos', 'sin'],
      outputs: [`y${i}`, `present.${i}.key`, `present.${i}.value`],
      attributes: { num_heads: H, kv_num_heads: K, do_rotary: 1, scale: { float: 1 / Math.sqrt(d) } },
    })),
  }
}

const kinds = { matmul, norm, attention }

/** The bytes of `copies` times an op, and its inputs and outputs. @param op { kind, … } as opsOf lists them */
export function onnxOp(op, copies) {
  const graph = kinds[op.kind](op, copies)
  const { inputs, outputs } = graph
  return { bytes: onnxModel({ name: op.kind, ...graph }), inputs, outputs }
}

/**
 * The ops of a model's shape for T tokens behind `length` others. `ours`: which of the engine's kernels do the same, by op
 * and the weight's shape.
 */
export function opsOf({ D, H, K, d, F, V, C }, T, length, accuracy) {
  const matrix = (name, N, columns) => ({
    name: `${name} ${N} x ${columns}`,
    kind: 'matmul',
    N,
    K: columns,
    T,
    accuracy,
    ours: [{ op: 'matmul', shape: [N, columns] }],
  })
  return [
    matrix('qkv', (H + 2 * K) * d, D),
    matrix('o', D, H * d),
    matrix('gate and up', 2 * F, D),
    matrix('down', D, F),
    ...(T === 1 ? [matrix('head', V, D)] : []),
    {
      name: `attention behind ${length}`,
      kind: 'attention',
      H,
      K,
      d,
      C,
      T,
      total: length + T,
      ours: [{ op: 'attention' }, { op: 'rope-append' }],
    },
    { name: 'norm', kind: 'norm', D, T, ours: [{ op: 'rmsnorm' }] },
  ]
}
