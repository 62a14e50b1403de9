// ONNX files read back by a reader of protobuf's own rules, and what the comparison with peers makes of numbers.
import { expect, it, vi } from 'vitest'
import { readBuilds, shapeOf } from './bench-peers-gpu.mjs'
import { oursOf } from './bench-ort-ops.mjs'
import { onnxOp, opsOf } from './onnx-op.mjs'
import { onnxLlama, randomWords } from './onnx-llama.mjs'
import { onnxModel } from './onnx.mjs'
import { gpuPeersTable, ratios } from './peers-table.mjs'

/** Fields of a message: [number, value]; varints as BigInt, fixed32 as a float, the rest as bytes. */
function fields(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const out = []
  let at = 0
  const varint = () => {
    let value = 0n
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at++]
      value |= BigInt(byte & 127) << shift
      if (byte < 128) return value
    }
  }
  while (at < bytes.length) {
    const key = Number(varint())
    if ((key & 7) === 0) out.push([key >> 3, varint()])
    else if ((key & 7) === 5) out.push([key >> 3, view.getFloat32((at += 4) - 4, true)])
    else {
      const length = Number(varint())
      out.push([key >> 3, bytes.subarray(at, (at += length))])
    }
  }
  return out
}
const all = (message, number) => fields(message).flatMap(([field, value]) => (field === number ? [value] : []))
const words = (message, number) => all(message, number).map(String)

it('writes numbers, texts and weights as protobuf has them', () => {
  const model = onnxModel({
    name: 'sum',
    nodes: [{ op: 'Add', inputs: ['x', 'w'], outputs: ['y'], attributes: { axis: -1, alpha: { float: 0.5 } } }],
    weights: [{ name: 'w', type: 'f32', shape: [300], data: Float32Array.from({ length: 300 }, (_, i) => i) }],
    inputs: [{ name: 'x', type: 'f32', shape: [1, 'T'] }],
    outputs: [{ name: 'y', type: 'f32', shape: [300] }],
  })
  const [graph] = all(model, 7)
  const [node] = all(graph, 1)
  expect(words(node, 4)).toEqual(['Add'])
  expect(words(node, 1)).toEqual(['x', 'w'])
  const [axis, alpha] = all(node, 5)
  expect([words(axis, 1), all(axis, 3), all(axis, 20)]).toEqual([['axis'], [2n ** 64n - 1n], [2n]])
  expect([words(alpha, 1), all(alpha, 2), all(alpha, 20)]).toEqual([['alpha'], [0.5], [1n]])
  const [weight] = all(graph, 5)
  const [raw] = all(weight, 9)
  expect([all(weight, 1), all(weight, 2), raw.length]).toEqual([[300n], [1n], 1200])
  expect(raw.readFloatLE(4 * 299)).toBe(299)
})

it('makes a graph whose every input is there before it is used, and whose weights are as large as their shapes', () => {
  const shape = { L: 2, D: 64, H: 4, K: 2, d: 16, F: 96, V: 160, C: 32 }
  const [graph] = all(onnxLlama(shape), 7)
  const ready = new Set([
    ...all(graph, 5).flatMap((t) => words(t, 8)),
    ...all(graph, 11).flatMap((v) => words(v, 1)),
    '',
  ])
  for (const node of all(graph, 1)) {
    for (const name of words(node, 1)) expect(ready, `${name} of ${String(words(node, 2))}`).toContain(name)
    for (const name of words(node, 2)) ready.add(name)
  }
  for (const name of all(graph, 12).flatMap((v) => words(v, 1))) expect(ready).toContain(name)
  const bytes = { 1: 4, 2: 1, 7: 8 }
  for (const tensor of all(graph, 5)) {
    const count = all(tensor, 1).reduce((product, n) => product * Number(n), 1)
    expect(all(tensor, 9)[0].length, words(tensor, 8)[0]).toBe(count * bytes[all(tensor, 2)[0]])
  }
  const ops = all(graph, 1).flatMap((node) => words(node, 4))
  const count = (op) => ops.filter((one) => one === op).length
  expect(count('MatMulNBits')).toBe(2 * 5 + 1)
  expect(count('GroupQueryAttention')).toBe(2)
  expect(count('SkipSimplifiedLayerNormalization')).toBe(4) // all norms but the first
})

it('draws the same numbers from the same seed', () => {
  expect([...randomWords(1)(3)]).toEqual([270369, 67634689, 2647435461])
})

it('names builds, shapes that cannot be compared, and who is faster', () => {
  expect(readBuilds('default,jsep-f32')).toEqual([
    { name: 'default', build: 'default', accuracy: 4 },
    { name: 'jsep-f32', build: 'jsep', accuracy: 0 },
  ])
  expect(() => readBuilds('wasm')).toThrow('not "wasm"')
  const info = { layers: 2, hidden: 64, heads: 4, kvHeads: 2, headDim: 16, ffn: 96, vocab: 160 }
  expect(shapeOf(info)).toEqual({ L: 2, D: 64, H: 4, K: 2, d: 16, F: 96, V: 160, C: 1024 })
  expect(() => shapeOf({ ...info, ffn: 90 })).toThrow('this model is 90 wide')
  const side = (decodeMs, prefillPerSecond) => ({ values: { decodeMs, prefillPerSecond } })
  expect(ratios({ ours: side(10, 40), peer: side(30, 20) })).toEqual([
    { ours: 'ours', peer: 'peer', decode: 3, prefill: 2 },
  ])
})

it('makes graphs of one op, several times over, and finds what does the same here', () => {
  const shape = { D: 64, H: 4, K: 2, d: 16, F: 96, V: 160, C: 32 }
  const ops = opsOf(shape, 1, 8, 0)
  expect(ops.map(({ name }) => name)).toEqual([
    'qkv 128 x 64',
    'o 64 x 64',
    'gate and up 192 x 64',
    'down 64 x 96',
    'head 160 x 64',
    'attention behind 8',
    'norm',
  ])
  for (const op of ops) {
    const [graph] = all(onnxOp(op, 3).bytes, 7)
    expect(all(graph, 1), op.name).toHaveLength(3)
    const outputs = new Set(all(graph, 1).flatMap((node) => words(node, 2)))
    for (const name of all(graph, 12).flatMap((v) => words(v, 1))) expect(outputs).toContain(name)
  }
  const times = [
    { op: 'matmul', shape: [128, 64], microseconds: 5 },
    { op: 'attention', shape: null, microseconds: 7 },
    { op: 'rope-append', shape: null, microseconds: 2 },
  ]
  expect([ops[0], ops[1], ops[5]].map((op) => oursOf(op, times))).toEqual([5, null, 9])
})

it('prints times with their ratios, calls and single ops', () => {
  const values = (decodeMs, prefillPerSecond) => ({ decodeMs, prefillPerSecond, firstTokenSeconds: 1 })
  const side = (decodeMs, prefill, more) => ({
    loadSeconds: 2,
    formats: null,
    threads: null,
    calls: null,
    values: values(decodeMs, prefill),
    best: values(decodeMs, prefill),
    ...more,
  })
  const calls = {
    dispatches: 12,
    passes: 1,
    submits: 1,
    bindGroups: 0,
    buffers: 0,
    writes: 1,
    readBytes: 256,
    waits: 0,
  }
  const said = []
  const log = vi.spyOn(console, 'log').mockImplementation((line = '') => said.push(line))
  try {
    gpuPeersTable({
      model: '/somewhere/m.gguf',
      shape: { L: 1, D: 64, H: 4, K: 2, d: 16, F: 96, V: 160, C: 32 },
      versions: { ort: '1', wllama: '2' },
      device: 'GPU',
      chrome: 'Chrome',
      cores: 2,
      repeats: 3,
      tokens: 8,
      promptTokens: 64,
      sides: {
        ours: side(10, 60, { formats: { linear: 'q4_1' }, calls }),
        'onnxruntime-web': side(45, 20),
        wllama: side(20, 30, { threads: 2 }),
      },
      ops: [{ rows: 1, name: 'norm', ort: 30, ours: { ours: 10 } }],
    })
  } finally {
    log.mockRestore()
  }
  const text = said.join('\n')
  expect(text).toContain('8 tokens behind 64')
  expect(text).toMatch(/ours : onnxruntime-web\s+decode 4\.5 x as fast\s+prefill 3 x as fast/)
  expect(text).toMatch(/norm, one token\s+30\s+10 \(3 x as fast\)/)
  expect(text).toMatch(/ours\s+12\s+1\s+1\s+0\s+0\s+1\s+256\s+0/)
})
