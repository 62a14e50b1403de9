// From config.json and a list of shapes to a Plan: what is described, what is refused and in which words, and that
// every Plan, plain or fused, holds together. No weights are needed for any of it.

import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { EngineError } from '../errors.ts'
import { folderFiles, openModelFiles } from '../formats/testing.ts'
import { ops } from '../ops/index.ts'
import { checkpointWeights } from '../runtime/weights.ts'
import { goldens } from '../testing/goldens.ts'
import { describe as describeModel, families } from './families/index.ts'
import { openPlan, type OpenedPlan } from './open.ts'
import { parameterCount, printPlan } from './print.ts'
import type { Plan } from './plan.ts'

type Json = Record<string, unknown>
const names = goldens
/** Opened once: nothing here changes it. */
interface Fixture {
  shapes: ReadonlyMap<string, number[]>
  opened: OpenedPlan
}
const fixtures = new Map<string, Promise<Fixture>>()
function fixture(name: string): Promise<Fixture> {
  const read = async (): Promise<Fixture> => {
    const checkpoint = await openModelFiles(folderFiles(`fixtures/golden/${name}`))
    const { config, tensors, format } = checkpoint
    const shapes = new Map([...tensors].map(([tensor, { shape }]) => [tensor, shape]))
    const { canStack } = checkpointWeights(checkpoint, { linear: 'keep', embedding: 'keep' })
    return { shapes, opened: openPlan(config, shapes, canStack, format) }
  }
  const made = fixtures.get(name) ?? read()
  fixtures.set(name, made)
  return made
}
const llama = JSON.parse(readFileSync('fixtures/golden/llama/config.json', 'utf8')) as Json
/** opens the tiny llama with a changed config or changed shapes */
async function openChanged(
  config: Json,
  change: (shapes: Map<string, number[]>) => void = () => undefined,
): Promise<OpenedPlan> {
  const shapes = new Map((await fixture('llama')).shapes)
  change(shapes)
  return openPlan({ ...llama, ...config }, shapes, () => true)
}
async function refusal(config: Json, change?: (shapes: Map<string, number[]>) => void): Promise<EngineError> {
  try {
    await openChanged(config, change)
  } catch (error) {
    expect(error).toBeInstanceOf(EngineError)
    return error as EngineError
  }
  throw new Error('it was taken')
}

/**
 * The parameters that a step of an op must have: those of its cases without what a run adds, which is the part of a
 * weight that was split and the format of its KV cache.
 */
const paramNames = new Map(
  Object.entries(ops).map(([name, { cases }]) => {
    const all = new Set(cases.flatMap(({ params }) => Object.keys(params)))
    return [name, [...all].filter((param) => !['block', 'rowStart', 'rows', 'cache'].includes(param))]
  }),
)
const paramsOf = (op: string): readonly string[] => paramNames.get(op)!

describe("every fixture's Plan", () => {
  test.each(names)('%s names only what exists, once', async (name) => {
    const { plain, plan } = (await fixture(name)).opened
    for (const p of [plain, plan] as Plan[]) {
      expect(JSON.parse(JSON.stringify(p)), 'plain data').toEqual(p)
      expect(new Set(p.steps.map((s) => s.name)).size).toBe(p.steps.length)
      const wrong: string[] = []
      for (const { name: step, op, args, params, sized, layer, part } of p.steps) {
        expect(step).toMatch(
          /^((encoder\.)?[a-z_]+(-labels)?[a-z_0-9]*(\.[a-z_0-9]+)*|blocks\.\d+\.(attn|cross|mlp|cell)(\.[a-z_]+)+)$/,
        )
        expect(step.startsWith('blocks.')).toBe(layer >= 0)
        // the stream that predicts runs in the head, through all blocks
        expect(part === 'head', step).toBe(
          /\.ahead\./.test(step) || (layer < 0 && !/^(encoder\.|embed|text\.norm)/.test(step)),
        )
        for (const [arg, value] of Object.entries(args)) {
          const kind = ops[op]!.args[arg]
          const there =
            kind === 'weight'
              ? value in p.weights
              : kind === 'ids'
                ? value === 'ids' || value in p.buffers
                : value in p.buffers || value in p.vectors || value in p.tables || value in p.caches
          if (!kind || !there) wrong.push(`${step}: ${arg}=${value}`)
        }
        const all = { ...params, ...sized }
        for (const param of paramsOf(op)) if (!(param in all)) wrong.push(`${step} lacks ${param}`)
      }
      expect(wrong).toEqual([])
      const used = new Set(p.steps.flatMap((s) => Object.values(s.args)))
      expect(
        [...Object.keys(p.weights), ...Object.keys(p.vectors)].filter((key) => !used.has(key)),
        'loaded and never read',
      ).toEqual([])
      const count = (op: string): number => p.steps.filter((s) => s.op === op).length
      const own = p.steps.filter((s) => s.op === 'attention-relative' && s.params['ahead'] === 0)
      const attends = count('attention') + own.length
      expect(Object.keys(p.caches).length).toBe(2 * attends + count('recurrent-cell'))
      expect(parameterCount(p)).toBe(parameterCount(plain))
    }
    // heads that are not turned and sums that are normed leave nothing to fuse
    if (plain.steps.some(({ op }) => op === 'rope' || op === 'add')) {
      expect(plan.steps.length).toBeLessThan(plain.steps.length)
    }
    // what a matrix gives is added by its own step
    const writer = (buffer: string, before: number): string | undefined =>
      plan.steps.slice(0, before).findLast((s) => s.args['y'] === buffer || s.args['x'] === buffer)?.op
    expect(
      plan.steps.filter((s, i) => s.op === 'add' && s.params['by'] === 1 && writer(s.args['delta']!, i) === 'matmul'),
    ).toEqual([])
  })
  test('reads every tensor of the file, and nothing else', async () => {
    for (const name of names) {
      const {
        shapes,
        opened: { plan },
      } = await fixture(name)
      const read = new Set(
        [...Object.values(plan.weights), ...Object.values(plan.vectors)].flatMap((w) => w.parts.map((p) => p.tensor)),
      )
      const { buffers } = families.find((family) => family.name === plan.family)!
      const left = [...shapes.keys()].filter((tensor) => !read.has(tensor) && !buffers?.test(tensor))
      // the eyes of a model that also sees lie beside
      expect({ name, left: left.filter((tensor) => !/^(vision_tower|multi_modal_projector)\./.test(tensor)) }).toEqual({
        name,
        left: [],
      })
    }
  })
  test('a head in the file is used whatever the config says; one that is missing must be declared as tied', async () => {
    const without = (shapes: Map<string, number[]>) => shapes.delete('lm_head.weight')
    for (const tie of [true, false, null]) {
      const own = await openChanged({ tie_word_embeddings: tie })
      expect(own.plan.tied).toBe(false)
      expect(own.plan.steps.at(-1)!.args['weight']).toBe('lm_head.weight')
      if (tie) continue
      const error = await refusal({ tie_word_embeddings: tie }, without)
      expect(error).toMatchObject({
        code: 'TENSOR_MISSING',
        facts: { tensor: 'lm_head.weight', need: '97, 32', untied: true },
      })
      expect(error.message).toContain('"tie_word_embeddings": true')
    }
    const tied = await openChanged({ tie_word_embeddings: true }, without)
    expect(tied.plan.tied).toBe(true)
    expect(tied.plan.steps.at(-1)!.args['weight']).toBe('model.embed_tokens.weight')
  })
  test('weights are loaded in the order in which steps read them, stacked ones too', async () => {
    const { plan } = (await fixture('llama')).opened
    const read = plan.steps.flatMap(({ args }) => (args['weight'] ? [args['weight']] : []))
    expect(Object.keys(plan.weights)).toEqual([...new Set(read)])
  })
  test('weights that cannot be stacked stay apart', async () => {
    const { shapes } = await fixture('llama')
    const { plain, plan } = openPlan(llama, shapes, () => false)
    expect(Object.keys(plan.weights)).toEqual(Object.keys(plain.weights))
    expect(plan.steps.length).toBe(plain.steps.length - 2 * 3) // only matmul + add went together
  })
})

test('the tiny llama in words', async () => {
  const { plain, plan } = (await fixture('llama')).opened
  expect(printPlan({ ...plain, steps: plain.steps.filter((s) => s.layer < 1) }).replace(/ +$/gm, ''))
    .toMatchInlineSnapshot(`
      "llama  L=3 D=32 H=4 K=2 d=8 F=48 V=97
      table rope: (C, 8) pairs=half theta=10000 scaling=default
      mask causal: a query sees keys up to its own; layers 0
      embed                        gather         ids=ids weight=model.embed_tokens.weight y=x
      blocks.0.attn.norm           rmsnorm        x=x gain=model.layers.0.input_layernorm.weight y=h
      blocks.0.attn.q              matmul         x=h weight=model.layers.0.self_attn.q_proj.weight y=q
      blocks.0.attn.k              matmul         x=h weight=model.layers.0.self_attn.k_proj.weight y=k
      blocks.0.attn.v              matmul         x=h weight=model.layers.0.self_attn.v_proj.weight y=v
      blocks.0.attn.q_rope         rope           x=q table=rope
      blocks.0.attn.k_rope         rope           x=k table=rope
      blocks.0.attn.append         append         k=k v=v kCache=kCache.0 vCache=vCache.0
      blocks.0.attn.z              attention      q=q kCache=kCache.0 vCache=vCache.0 z=z lse=lse (causal)
      blocks.0.attn.out            matmul         x=z weight=model.layers.0.self_attn.o_proj.weight y=attnOut
      blocks.0.attn.add            add            x=x delta=attnOut
      blocks.0.mlp.norm            rmsnorm        x=x gain=model.layers.0.post_attention_layernorm.weight y=h
      blocks.0.mlp.gate            matmul         x=h weight=model.layers.0.mlp.gate_proj.weight y=gate
      blocks.0.mlp.up              matmul         x=h weight=model.layers.0.mlp.up_proj.weight y=up
      blocks.0.mlp.act             glu            gate=gate up=up y=act
      blocks.0.mlp.down            matmul         x=act weight=model.layers.0.mlp.down_proj.weight y=mlpOut
      blocks.0.mlp.add             add            x=x delta=mlpOut
      rows                         rows           x=x y=xRow
      final_norm                   rmsnorm        x=xRow gain=model.norm.weight y=hRow
      logits                       matmul         x=hRow weight=lm_head.weight y=logits
      each by itself: embed, blocks.0.attn.norm, blocks.0.attn.q, blocks.0.attn.k, blocks.0.attn.v, blocks.0.attn.q_rope, blocks.0.attn.k_rope, blocks.0.attn.append, blocks.0.attn.z, blocks.0.attn.out, blocks.0.attn.add, blocks.0.mlp.norm, blocks.0.mlp.gate, blocks.0.mlp.up, blocks.0.mlp.act, blocks.0.mlp.down, blocks.0.mlp.add, rows, final_norm, logits
      site blocks.0.attn.norm      blocks.0.attn.norm y[0:32]
      site blocks.0.attn.q         blocks.0.attn.q y[0:32] 4 heads
      site blocks.0.attn.k         blocks.0.attn.k y[0:16] 2 heads
      site blocks.0.attn.v         blocks.0.attn.v y[0:16] 2 heads
      site blocks.0.attn.q_rope    blocks.0.attn.q_rope x[0:32] 4 heads
      site blocks.0.attn.k_rope    blocks.0.attn.k_rope x[0:16] 2 heads
      site blocks.0.attn.keys      blocks.0.attn.append kCache[0:16] 2 heads
      site blocks.0.attn.values    blocks.0.attn.append vCache[0:16] 2 heads
      site blocks.0.attn.queries   blocks.0.attn.z q[0:32] 4 heads
      site blocks.0.attn.z         blocks.0.attn.z z[0:32] 4 heads
      site blocks.0.attn.lse       blocks.0.attn.z lse[0:4] 4 heads
      site blocks.0.attn.out       blocks.0.attn.out y[0:32]
      site blocks.0.resid_mid      blocks.0.attn.add x[0:32]
      site blocks.0.mlp.norm       blocks.0.mlp.norm y[0:32]
      site blocks.0.mlp.gate       blocks.0.mlp.gate y[0:48]
      site blocks.0.mlp.up         blocks.0.mlp.up y[0:48]
      site blocks.0.mlp.act        blocks.0.mlp.act y[0:48]
      site blocks.0.mlp.out        blocks.0.mlp.down y[0:32]
      site blocks.0.resid_post     blocks.0.mlp.add x[0:32]
      "
    `)
  expect(printPlan({ ...plan, steps: plan.steps.filter((s) => s.layer < 1) }).replace(/ +$/gm, ''))
    .toMatchInlineSnapshot(`
      "llama  L=3 D=32 H=4 K=2 d=8 F=48 V=97
      table rope: (C, 8) pairs=half theta=10000 scaling=default
      mask causal: a query sees keys up to its own; layers 0
      embed                        gather         ids=ids weight=model.embed_tokens.weight y=x
      blocks.0.attn.norm           rmsnorm        x=x gain=model.layers.0.input_layernorm.weight y=h
      blocks.0.attn.qkv            matmul         x=h weight=model.layers.0.self_attn.q_proj.weight+model.layers.0.self_attn.k_proj.weight+model.layers.0.self_attn.v_proj.weight y=qkv
      blocks.0.attn.rope_append    rope-append    qkv=qkv table=rope q=q kCache=kCache.0 vCache=vCache.0
      blocks.0.attn.z              attention      q=q kCache=kCache.0 vCache=vCache.0 z=z lse=lse (causal)
      blocks.0.attn.out            matmul         x=z weight=model.layers.0.self_attn.o_proj.weight y=x
      blocks.0.mlp.norm            rmsnorm        x=x gain=model.layers.0.post_attention_layernorm.weight y=h
      blocks.0.mlp.gate_up         matmul         x=h weight=model.layers.0.mlp.gate_proj.weight+model.layers.0.mlp.up_proj.weight y=gate_up
      blocks.0.mlp.act             glu-packed     x=gate_up y=act
      blocks.0.mlp.down            matmul         x=act weight=model.layers.0.mlp.down_proj.weight y=x
      rows                         rows           x=x y=xRow
      final_norm                   rmsnorm        x=xRow gain=model.norm.weight y=hRow
      logits                       matmul         x=hRow weight=lm_head.weight y=logits
      group blocks.0.attn.rope_append++  project-heads  may run in place of blocks.0.attn.norm + blocks.0.attn.qkv + blocks.0.attn.rope_append
      group blocks.0.mlp.act++           matmul-act     may run in place of blocks.0.mlp.norm + blocks.0.mlp.gate_up + blocks.0.mlp.act
      group blocks.0.attn.rope_append+   project-heads  may run in place of blocks.0.attn.qkv + blocks.0.attn.rope_append
      group blocks.0.mlp.act+            matmul-act     may run in place of blocks.0.mlp.gate_up + blocks.0.mlp.act
      group logits++                     norm-matmul    may run in place of rows + final_norm + logits
      group blocks.0.attn.qkv++          norm-matmul    may run in place of blocks.0.attn.norm + blocks.0.attn.qkv
      group blocks.0.mlp.gate_up++       norm-matmul    may run in place of blocks.0.mlp.norm + blocks.0.mlp.gate_up
      each by itself: embed, blocks.0.attn.z, blocks.0.attn.out, blocks.0.mlp.down
      site blocks.0.attn.norm      blocks.0.attn.norm y[0:32]
      site blocks.0.attn.q         blocks.0.attn.qkv y[0:32] 4 heads
      site blocks.0.attn.k         blocks.0.attn.qkv y[32:48] 2 heads
      site blocks.0.attn.v         blocks.0.attn.qkv y[48:64] 2 heads
      site blocks.0.attn.q_rope    blocks.0.attn.rope_append q[0:32] 4 heads
      site blocks.0.attn.k_rope    blocks.0.attn.rope_append kCache[0:16] 2 heads
      site blocks.0.attn.keys      blocks.0.attn.rope_append kCache[0:16] 2 heads
      site blocks.0.attn.values    blocks.0.attn.rope_append vCache[0:16] 2 heads
      site blocks.0.attn.queries   blocks.0.attn.z q[0:32] 4 heads
      site blocks.0.attn.z         blocks.0.attn.z z[0:32] 4 heads
      site blocks.0.attn.lse       blocks.0.attn.z lse[0:4] 4 heads
      site blocks.0.attn.out       blocks.0.attn.out +y[0:32]
      site blocks.0.resid_mid      blocks.0.attn.out y[0:32]
      site blocks.0.mlp.norm       blocks.0.mlp.norm y[0:32]
      site blocks.0.mlp.gate       blocks.0.mlp.gate_up y[0:48]
      site blocks.0.mlp.up         blocks.0.mlp.gate_up y[48:96]
      site blocks.0.mlp.act        blocks.0.mlp.act y[0:48]
      site blocks.0.mlp.out        blocks.0.mlp.down +y[0:32]
      site blocks.0.resid_post     blocks.0.mlp.down y[0:32]
      "
    `)
})

describe('what is refused', () => {
  test('a missing tensor, by name and shape', async () => {
    const error = await refusal({}, (shapes) => shapes.delete('model.layers.1.mlp.up_proj.weight'))
    expect(error).toMatchObject({
      code: 'TENSOR_MISSING',
      facts: { tensor: 'model.layers.1.mlp.up_proj.weight', need: '48, 32' },
    })
    expect(error.message).toContain('"model.layers.1.mlp.up_proj.weight" of shape (48, 32)')
    expect((await refusal({}, (shapes) => shapes.delete('model.norm.weight'))).facts).toMatchObject({
      tensor: 'model.norm.weight',
      need: '32',
    })
  })
  test('a tensor of another shape, with both shapes', async () => {
    const error = await refusal({}, (shapes) => shapes.set('model.layers.0.mlp.down_proj.weight', [48, 32]))
    expect(error).toMatchObject({ code: 'TENSOR_SHAPE', facts: { need: '32, 48', found: '48, 32' } })
    expect(error.message).toMatch(
      /"model\.layers\.0\.mlp\.down_proj\.weight" must be \(32, 48\), the file has \(48, 32\)/,
    )
    expect((await refusal({ vocab_size: 98 })).facts).toMatchObject({
      tensor: 'model.embed_tokens.weight',
      need: '98, 32',
      found: '97, 32',
    })
    expect((await refusal({ num_hidden_layers: 4 })).facts).toMatchObject({
      tensor: 'model.layers.3.self_attn.q_proj.weight',
    })
    expect((await refusal({ num_key_value_heads: 4 })).facts).toMatchObject({ need: '32, 32', found: '16, 32' })
  })
  test.each([
    [{ num_key_value_heads: 3 }, 'num_key_value_heads', /4 query heads cannot share 3 key heads/],
    [{ hidden_size: 0 }, 'hidden_size', /"hidden_size" must be a positive whole number, the file has 0/],
    [{ hidden_size: 32.5 }, 'hidden_size', /32\.5/],
    [{ hidden_size: '32' }, 'hidden_size', /"hidden_size" must be a number, the file has "32"/],
    [{ vocab_size: Infinity }, 'vocab_size', /the file has Infinity/],
    [{ num_hidden_layers: -1 }, 'num_hidden_layers', /-1/],
    [{ head_dim: null, hidden_size: 33 }, 'hidden_size', /a multiple of num_attention_heads, 4, the file has 33/],
    [{ rms_norm_eps: 'small' }, 'rms_norm_eps', /"small"/],
    [{ attention_bias: 'yes' }, 'attention_bias', /true or false, the file has "yes"/],
    [{ model_type: 7 }, 'model_type', /must be a text, the file has 7/],
  ])('config %j', async (config, key, words) => {
    const error = await refusal(config)
    expect(error).toMatchObject({ code: 'CONFIG_INVALID', facts: { key } })
    expect(error.message).toMatch(words)
  })
  test('an unknown family, with the known ones', async () => {
    const error = await refusal({ model_type: 'mystery' })
    expect(error).toMatchObject({ code: 'FAMILY_UNSUPPORTED', facts: { type: 'mystery' } })
    for (const { types } of families) for (const type of types) expect(error.message).toContain(type)
  })
})

describe('what relatives of LLaMA say differently', () => {
  const windows = (config: Json): number[] => {
    const { block, dims } = describeModel({ ...llama, ...config })
    return Array.from({ length: dims.layers }, (_, i) => {
      const attention = block(i).branches[0]!.body
      return attention.kind === 'attention' ? attention.window : NaN
    })
  }
  test('Mistral slides on every layer: 4096 when the key is absent, never when it is null', () => {
    const { sliding_window: _, ...rest } = llama
    expect(windows({ ...rest, model_type: 'mistral' })).toEqual([4096, 4096, 4096])
    expect(windows({ model_type: 'mistral', sliding_window: null })).toEqual([0, 0, 0])
    expect(windows({ model_type: 'mistral', sliding_window: 5 })).toEqual([5, 5, 5])
  })
  test('Qwen slides only where it says so', () => {
    const qwen = { model_type: 'qwen2', sliding_window: 6 }
    expect(windows({ ...qwen, use_sliding_window: false })).toEqual([0, 0, 0])
    expect(windows({ ...qwen, use_sliding_window: true, max_window_layers: 1, layer_types: null })).toEqual([0, 6, 6])
    expect(
      windows({
        ...qwen,
        use_sliding_window: true,
        layer_types: ['sliding_attention', 'full_attention', 'sliding_attention'],
      }),
    ).toEqual([6, 0, 6])
    expect(windows({ ...qwen, sliding_window: null, use_sliding_window: true, max_window_layers: 0 })).toEqual([
      0, 0, 0,
    ])
  })
  test('LLaMA and Qwen 3 do not slide, Qwen 3 has its own head width', () => {
    expect(windows({ sliding_window: 6 })).toEqual([0, 0, 0])
    expect(describeModel({ ...llama, model_type: 'qwen3', head_dim: null }).dims.d).toBe(128)
    expect(describeModel({ ...llama, head_dim: null }).dims.d).toBe(8)
  })
  test('the trained length is what the config says, whatever the scaling', () => {
    for (const rope_type of ['dynamic', 'linear']) {
      expect(
        describeModel({
          ...llama,
          max_position_embeddings: 100,
          rope_parameters: { rope_type, rope_theta: 1e4, factor: 2.5 },
        }).dims.maxContext,
      ).toBe(100)
    }
  })
})
