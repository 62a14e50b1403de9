// What can be wrong with an adapter, for the catalogs' test: each on the golden llama (three blocks, 32 wide).

import { checkLeadScale } from '../../engine/adapters/lead.ts'
import { openAdapter } from '../../engine/adapters/open.ts'
import { filesOf, folderFiles } from '../../engine/formats/testing.ts'
import { planModel } from '../../engine/index.ts'
import { openModel, placeModel } from '../../engine/load.ts'
import { adapterOf, loraConfig, loraShapes } from '../../engine/testing/adapters.ts'
import type { ErrorCode } from '../../engine/errors.ts'

const queries = loraShapes(3, 'self_attn.q_proj', 32, 32)
const [first] = Object.keys(queries) as [string]

const put =
  (changes: object, shapes: Readonly<Record<string, readonly number[]>> = queries, prefix?: string) =>
  (): unknown =>
    planModel(
      { name: 'llama', files: folderFiles('fixtures/golden/llama') },
      { adapters: [adapterOf({ ...loraConfig, ...changes }, shapes, { ...(prefix !== undefined && { prefix }) })] },
    )
const but = (changes: Record<string, readonly number[]>, without = ''): Record<string, readonly number[]> =>
  Object.fromEntries(Object.entries({ ...queries, ...changes }).filter(([name]) => name !== without))

const prefix = { peft_type: 'PREFIX_TUNING', num_layers: 3, num_attention_heads: 2, token_dim: 16 }
const before =
  (changes: object, shapes: Record<string, number[]> = { prompt_embeddings: [4, 32] }, base = 'llama') =>
  (): unknown =>
    planModel(
      { name: base, files: folderFiles(`fixtures/golden/${base}`) },
      {
        adapters: [
          adapterOf({ peft_type: 'PROMPT_TUNING', num_virtual_tokens: 4, ...changes }, shapes, { prefix: '' }),
        ],
      },
    )

const hub = { peft_type: undefined, name: 'mine', hidden_size: 32, model_type: 'bert', version: 'adapters.1.3.0' }
const bottle = { 'model.layers.0.output_adapters.adapters.mine.adapter_up.bias': [32] }

export const adapterCauses: readonly { code: ErrorCode; what: string; run: () => unknown }[] = [
  { code: 'ADAPTER_UNSUPPORTED', what: 'a kind that nothing computes', run: put({ peft_type: 'LOHA' }) },
  {
    code: 'ADAPTER_MISFIT',
    what: 'an adapter of a deeper model',
    run: put({}, loraShapes(4, 'self_attn.q_proj', 32, 32)),
  },
  { code: 'ADAPTER_MISFIT', what: 'an adapter of a wider model', run: put({}, but({ [first]: [2, 64] })) },
  { code: 'ADAPTER_MISFIT', what: 'an adapter that lacks a matrix', run: put({}, but({}, first)) },
  { code: 'ADAPTER_MISFIT', what: 'names without their beginning', run: put({}, queries, '') },
  { code: 'ADAPTER_MISFIT', what: 'one strange name', run: put({}, but({ 'model.norm.scaled': [32] })) },
  { code: 'ADAPTER_MISFIT', what: 'a prompt of a wider model', run: before({}, { prompt_embeddings: [4, 64] }) },
  { code: 'ADAPTER_MISFIT', what: 'more rows than its config says', run: before({ num_virtual_tokens: 3 }) },
  {
    code: 'ADAPTER_MISFIT',
    what: 'a prompt that leaves no room for a text',
    run: before({ num_virtual_tokens: 64 }, { prompt_embeddings: [64, 32] }),
  },
  { code: 'ADAPTER_MISFIT', what: 'a prompt before a text that is read both ways', run: before({}, undefined, 'bert') },
  { code: 'ADAPTER_MISFIT', what: 'a prompt whose file holds something else', run: before({}, { prompts: [4, 32] }) },
  {
    code: 'ADAPTER_MISFIT',
    what: 'a bottleneck adapter of another kind of model',
    run: put({ ...hub, config: 'pfeiffer' }, bottle, ''),
  },
  {
    code: 'ADAPTER_UNSUPPORTED',
    what: 'a kind of adapter-hub that nothing computes',
    run: put({ peft_type: undefined, config: { architecture: 'reft' } }),
  },
  {
    code: 'FILE_MISSING',
    what: "an adapter's folder with a config.json that speaks of no prefix",
    run: () => openAdapter({ name: 'mine', files: filesOf({ 'config.json': '{}' }) }),
  },
  { code: 'ADAPTER_MISFIT', what: 'a prefix of a deeper model', run: before({ ...prefix, num_layers: 4 }) },
  { code: 'ADAPTER_MISFIT', what: 'a prefix for all query heads', run: before({ ...prefix, num_attention_heads: 4 }) },
  {
    code: 'PARAM_INVALID',
    what: 'half an adapter that stands before the text',
    run: () => checkLeadScale('mine', 0.5, [], false),
  },
  {
    code: 'PARAM_INVALID',
    what: 'two adapters before one text',
    run: () => checkLeadScale('mine', 1, ['other'], false),
  },
  {
    code: 'NUMERIC',
    what: 'an adapter with a value that is infinite',
    run: async () => {
      const adapters = [adapterOf(loraConfig, queries, { last: Infinity })]
      const model = await openModel({ name: 'llama', files: folderFiles('fixtures/golden/llama') }, { adapters })
      await placeModel(model, { device: 'reference' })
    },
  },
  { code: 'ADAPTER_MISFIT', what: 'no modules named', run: put({ target_modules: null }) },
  { code: 'ADAPTER_MISFIT', what: 'other modules named', run: put({ target_modules: ['v_proj'] }) },
  { code: 'ADAPTER_MISFIT', what: 'modules named without tensors', run: put({ target_modules: ['q_proj', 'v_proj'] }) },
]
