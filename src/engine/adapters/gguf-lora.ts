// LoRA as llama.cpp keeps it (src/llama-adapter.cpp): <tensor>.lora_a (r, in) and .lora_b (out, r) under a GGUF's own names,
// times alpha / r, or 1 where alpha is 0; r is the tensor's. Of the embedding lora_a is (tokens, r). Rows of lora_b lie as the
// converter puts those of the weight, and are put back like them, whatever file the model comes from.

import { ggufNames } from '../formats/gguf-names.ts'
import type { CheckpointTensor } from '../formats/types.ts'
import { tensorName, type AdaptedModel, type AdapterFile, type AdapterKind } from './adapter.ts'
import { missingTensor, noModule, otherModel, unreadTensors, unsupported } from './errors.ts'
import { GGUF } from './gguf.ts'
import { addLowRank, canChange } from './low-rank.ts'
import { checkShape, tensorsOf } from './members.ts'
import { findModule, modulesOf } from './modules.ts'
import type { Member } from './names.ts'
import { Rewrite } from './rewrite.ts'

type Pair = Readonly<Record<'a' | 'b', Member>>

export const ggufLora: AdapterKind = {
  type: `${GGUF}lora`,
  open(file) {
    const { name, config } = file
    const alpha = config.raw('adapter.lora.alpha') === undefined ? 0 : config.number('adapter.lora.alpha')
    const arch = config.text('general.architecture')
    const tokens = 'adapter.alora.invocation_tokens'
    if (config.has(tokens)) throw unsupported(name, tokens, config.raw(tokens))
    const { pairs, norms } = pairsOf(file)
    const [first] = pairs.values()
    const own = tensorsOf(file)
    return {
      kind: 'LoRA',
      rank: first!.b.tensor.shape.at(-1) ?? null,
      tensors: own,
      adapt(plan, model) {
        if (model.gguf?.arch !== arch) throw otherModel(name, arch, model.gguf?.arch ?? model.types[0]!)
        const { toCheckpoint } = ggufNames(model.gguf)
        const modules = modulesOf(plan, model)
        const rewrite = new Rewrite(plan, name)
        const changed: string[] = []
        for (const [tensor, { a, b }] of pairs) {
          const module = findModule(modules, toCheckpoint(tensor).replace(/\.weight$/, ''), model)
          if (module === null) throw noModule(name, tensor)
          const { path, rows, cols, uses, fixed } = module
          if (fixed || uses.length === 0 || !uses.every(canChange)) throw unsupported(name, 'module', tensor)
          const isTable = uses.some(({ step }) => step.op === 'gather')
          const r = b.tensor.shape.at(-1)!
          checkShape(name, a, isTable ? [rows, r] : [r, cols])
          checkShape(name, b, [isTable ? cols : rows, r])
          if (r === 0) throw unsupported(name, 'rank', r)
          const by = alpha === 0 ? 1 : alpha / r
          const low = { a: a.name, b: b.name, r, rows, cols, by, byToken: isTable }
          for (const use of uses) addLowRank(rewrite, use, low)
          changed.push(path)
        }
        const tensors = new Map([...own, ...[...pairs].flatMap((pair) => inOrder(name, pair, model))])
        return { ...rewrite.finish(), modules: changed, tensors, ignored: norms }
      },
    }
  },
}

/** By the model's tensor; norms, which llama.cpp leaves aside, too. @throws ADAPTER_MISFIT */
function pairsOf({ name, tensors }: AdapterFile): { pairs: Map<string, Pair>; norms: string[] } {
  const halves = new Map<string, Partial<Record<'a' | 'b', Member>>>()
  const strange: string[] = [],
    norms: string[] = []
  for (const [whole, tensor] of tensors) {
    const [, at, word] = /^(.+\.weight)\.lora_([ab])$/.exec(whole) ?? []
    if (at !== undefined) halves.set(at, { ...halves.get(at), [word as 'a' | 'b']: { name: whole, tensor } })
    else (whole.endsWith('_norm.weight') ? norms : strange).push(whole)
  }
  if (halves.size === 0 && strange.length === 0) strange.push(...norms.slice(0, 1))
  if (strange.length > 0) throw unreadTensors(name, strange)
  if (halves.size === 0) throw missingTensor(name, '*.lora_a')
  for (const [at, { a, b }] of halves) {
    if (!a || !b) throw missingTensor(name, `${at}.lora_${a ? 'b' : 'a'}`)
  }
  return { pairs: halves as Map<string, Pair>, norms }
}

/** lora_b with its rows in the checkpoint's order. */
function inOrder(
  adapter: string,
  [at, { b }]: [string, Pair],
  { gguf, config }: AdaptedModel,
): [string, CheckpointTensor][] {
  const order = gguf!.rows?.[ggufNames(gguf!).module(at) ?? '']?.(config)
  if (!order) return []
  const name = tensorName(adapter, b.name)
  return [[name, { ...b.tensor, name, data: { ...b.tensor.data, rowOrder: order } }]]
}
