// What can be wrong with an adapter, for the catalogs' test: each on the golden llama (three blocks, 32 wide).

import { folderFiles } from '../../engine/formats/testing.ts'
import { planModel } from '../../engine/index.ts'
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
  { code: 'ADAPTER_MISFIT', what: 'no modules named', run: put({ target_modules: null }) },
  { code: 'ADAPTER_MISFIT', what: 'other modules named', run: put({ target_modules: ['v_proj'] }) },
]
