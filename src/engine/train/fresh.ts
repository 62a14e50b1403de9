// A LoRA that has learnt nothing yet, as the files of a PEFT folder: put on, it changes no number, and training begins there.

import { bytesSource, type ModelFiles } from '../formats/bytes.ts'
import type { Plan } from '../model/plan.ts'
import { known } from '../options.ts'
import { checkNumber, refuse, samplingRanges } from '../sampler/params.ts'
import { Pcg32 } from '../sampler/pcg.ts'
import { writeFolder, type PeftConfig } from './peft.ts'

export interface FreshLora {
  /** columns of A: how much can be learnt; default 8 */
  rank?: number
  /** the change counts alpha / rank; default 2 · rank */
  alpha?: number
  /** last words of the modules' names, such as q_proj; default: every linear layer of the blocks */
  modules?: readonly string[]
  /** of A's numbers; default 0 */
  seed?: number
}

const optionNames: Record<keyof FreshLora, true> = { rank: true, alpha: true, modules: true, seed: true }
const verb = 'make an adapter'

const lastOf = (path: string): string => path.slice(path.lastIndexOf('.') + 1)

/** The linear layers of a model's blocks, by their paths: rows and columns of the whole matrix. */
export function linearModules(plan: Plan): Map<string, { rows: number; cols: number }> {
  const found = new Map<string, { rows: number; cols: number }>()
  for (const { op, args, layer, when } of plan.steps) {
    const weight = plan.weights[args['weight'] ?? '']
    if (op !== 'matmul' || layer < 0 || when || weight?.role !== 'linear') continue
    for (const { tensor, rows, slice } of weight.parts) {
      if (!tensor.endsWith('.weight')) continue
      const whole = slice ? (rows / slice.count) * slice.every : rows
      found.set(tensor.slice(0, -'.weight'.length), { rows: whole, cols: weight.cols })
    }
  }
  return found
}

/**
 * The files of an adapter that changes nothing: A uniform within ±1 / √columns (as PEFT's), B zero. Put on under any name with
 * LoadOptions.adapters, it can be trained.
 * @param base what the adapter's config calls its model
 * @throws PARAM_INVALID where an option is out of its range, or a module is named that the model has not
 */
export function freshLora(plan: Plan, base: string, options: FreshLora = {}): ModelFiles {
  known(verb, options, optionNames)
  const { rank = 8, alpha = 2 * rank, modules, seed = 0 } = options
  const all = linearModules(plan)
  const names = [...new Set([...all.keys()].map(lastOf))]
  if (modules !== undefined || names.length === 0) {
    const list: readonly unknown[] = Array.isArray(modules) && names.length > 0 ? modules : []
    const unknown = list.findIndex((name) => !names.includes(name as string))
    if (list.length === 0 || unknown >= 0) {
      refuse(verb, 'modules', `some of ${names.join(', ')}`, unknown >= 0 ? list[unknown] : modules)
    }
  }
  checkNumber(verb, 'rank', rank, { low: 1, high: 512, whole: true, need: 'a whole number from 1 to 512' })
  checkNumber(verb, 'alpha', alpha, { low: 1e-6, high: 1e6, need: 'a number from 0.000001 to 1000000' })
  checkNumber(verb, 'seed', seed, samplingRanges.seed)
  const wanted = modules ?? names
  const random = new Pcg32(BigInt(seed))
  const tensors = new Map<string, { shape: [number, number]; values: Float32Array }>()
  for (const [path, { rows, cols }] of all) {
    if (!wanted.includes(lastOf(path))) continue
    const within = 1 / Math.sqrt(cols)
    const a = Float32Array.from({ length: rank * cols }, () => (2 * random.uniform() - 1) * within)
    tensors.set(`base_model.model.${path}.lora_A.weight`, { shape: [rank, cols], values: a })
    tensors.set(`base_model.model.${path}.lora_B.weight`, {
      shape: [rows, rank],
      values: new Float32Array(rows * rank),
    })
  }
  const config: PeftConfig = { base, rank, alpha, modules: wanted }
  return new Map(Object.entries(writeFolder(config, tensors)).map(([name, bytes]) => [name, bytesSource(name, bytes)]))
}
