// From files to a Plan: checkpoint -> description -> plain Plan -> fused Plan, with everything sized. No device yet,
// so the same code answers "will it fit?" before a download is used.

import { EngineError } from '../errors.ts'
import { wordings } from './config.ts'
import { fuse, type CanStack } from './fuse/index.ts'
import { describe, families } from './families/index.ts'
import { lower } from './lower.ts'
import type { Description, ModelFormat } from './describe.ts'
import type { Plan, RowSlice } from './plan.ts'
import { folds } from '../tensor/fold.ts'
import { judgeTensors, type UnusedTensors } from './unused.ts'

export interface OpenedPlan {
  description: Description
  /** one step per operation: what probes and the references use */
  plain: Plan
  /** what runs */
  plan: Plan
  /** tensors of the files that nothing reads */
  unused: UnusedTensors[]
}

/** The checkpoint's tensors by name, as far as a plan looks at them. */
export interface Shapes {
  keys(): Iterable<string>
  get(tensor: string): readonly number[] | undefined
  /** of a matrix that its family keeps turned round: whether these files do; default yes */
  isTurned?(tensor: string): boolean
}

/**
 * @param forVectors whether files beside the weights say how a text's vector is made: then no other head is computed
 * @throws CONFIG_INVALID, FAMILY_UNSUPPORTED, TENSOR_MISSING, TENSOR_SHAPE, TENSOR_UNUSED
 */
export function openPlan(
  config: Record<string, unknown>,
  shapes: Shapes,
  canStack: CanStack,
  format: ModelFormat = 'safetensors',
  forVectors = false,
): OpenedPlan {
  const description = describe(config, format, (tensor) => shapes.get(tensor), forVectors)
  const plain = lower(description, (tensor) => shapes.get(tensor) !== undefined)
  const expect = (tensor: string, need: number[]): void => expectShape(tensor, need, shapes, description, format)
  const whole = (taken: number, slice?: RowSlice): number => (slice ? (taken / slice.count) * slice.every : taken)
  for (const w of Object.values(plain.weights)) {
    for (const p of w.parts) {
      const shape = [whole(p.rows, p.slice), w.cols]
      expect(p.tensor, p.transpose && (shapes.isTurned?.(p.tensor) ?? true) ? shape.reverse() : shape)
    }
  }
  for (const v of Object.values(plain.vectors)) {
    for (const p of v.parts) expect(p.tensor, [...(p.shape ?? v.shape ?? [whole(p.length, p.slice)])])
  }
  const used = new Set(
    [...Object.values(plain.weights), ...Object.values(plain.vectors)].flatMap((w) => w.parts.map((p) => p.tensor)),
  )
  const family = families.find(({ name }) => name === description.family)!
  const unused = judgeTensors(shapes.keys(), used, description, family, wordings[format])
  return { description, plain, plan: fuse(plain, canStack), unused }
}

function expectShape(
  tensor: string,
  need: number[],
  shapes: Shapes,
  { embed, head }: Description,
  format: ModelFormat,
): void {
  const found = shapes.get(tensor)
  if (found === undefined) {
    const untied = tensor === head.tokens?.weightAt || tensor === `${head.tokens?.at}.weight`
    // a GGUF's tensors have got these names from its family: how they begin says nothing of the file
    const begin =
      format === 'gguf' || shapes.get(embed.weightAt ?? `${embed.at}.weight`) ? '' : beginnings(shapes.keys())
    const why = untied
      ? 'config.json does not say "tie_word_embeddings": true, so the embedding cannot stand in for it.'
      : begin
        ? `The names in the files begin with ${begin}; "${embed.at}.weight" is not among them under any prefix.`
        : 'The files may be incomplete.'
    throw new EngineError(
      'TENSOR_MISSING',
      `Cannot load this model: tensor "${tensor}" of shape (${need.join(', ')}) is required and the files do not hold it. ${why} Nothing was loaded.`,
      { tensor, need: need.join(', '), ...(untied && { untied }), ...(begin && { begin }) },
    )
  }
  if (!folds(found, need)) {
    throw new EngineError(
      'TENSOR_SHAPE',
      `Cannot load this model: tensor "${tensor}" must be (${need.join(', ')}), the file has (${found.join(', ')}). Nothing was loaded; config.json and weights do not belong together.`,
      { tensor, need: need.join(', '), found: found.join(', ') },
    )
  }
}

/** The commonest first words of the names, quoted. */
function beginnings(names: Iterable<string>): string {
  const count = new Map<string, number>()
  for (const name of names) {
    const word = `${name.split('.')[0]!.slice(0, 60)}.`
    count.set(word, (count.get(word) ?? 0) + 1)
  }
  return [...count]
    .sort((a, b) => b[1] - a[1])
    .slice(0, 3)
    .map(([word]) => `"${word}"`)
    .join(', ')
}
