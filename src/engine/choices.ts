// What a model's weights would be by each choice of LoadOptions.linear and .embedding: bytes on the device, and how far from
// what its files hold.
//
//   error = ‖W' - W‖ / ‖W‖     W: the file's values; W': the same packed by the format's own encoder, and read back
//
// Sizes are those of the Plan. Errors are measured on a sample: some runs of rows of every matrix, the same ones each time,
// so that a model of gigabytes takes a second or two; of a small model it is every row. Knows no file and no format.

import { checkAborted, EngineError } from './errors.ts'
import { packValues, readSample } from './formats/weights.ts'
import type { Checkpoint } from './formats/types.ts'
import type { WeightPart, WeightSpec } from './model/plan.ts'
import { fuse } from './model/fuse/index.ts'
import { weightBytes } from './model/print.ts'
import type { OpenedModel } from './load.ts'
import { weightChoices } from './options.ts'
import { dequantRow, quantOf, type StorageFormat } from './quants/weight.ts'
import { checkpointWeights } from './runtime/weights.ts'
import type { ChoiceErrors, ChoiceSizes, ChosenRole, LoadOptions, WeightChoice, WeightErrors } from './types.ts'

/** Numbers that are read of all matrices together, where they have more. */
const SAMPLE = 2 ** 22
/** Fewest rows of a matrix, where there are not too many matrices for that; runs that they are read in. */
const FEWEST = 8
const RUNS = 4
/** Milliseconds of work between two pauses, in which a stop is heard. */
const WORK = 40

type Opened = Pick<OpenedModel, 'plain' | 'checkpoint' | 'info' | 'size' | 'memory'>
type Choices = Pick<LoadOptions, 'linear' | 'embedding'>
export const chosenRoles: readonly ChosenRole[] = ['linear', 'embedding']
const roleOf = ({ role }: WeightSpec): ChosenRole | null =>
  role === 'linear' ? role : role === 'embedding' || role === 'head' ? 'embedding' : null

const formatsBy = (checkpoint: Checkpoint, options: Choices): ((spec: WeightSpec) => StorageFormat) => {
  const weights = checkpointWeights(checkpoint, options)
  return (spec) => weights.layout(spec).format
}

/**
 * The choices of a role that can be loaded, and the one that the model gets without a choice: null where it is none of
 * them. Tensors of one matrix that are stored in different ways can only be loaded as something else.
 */
function choicesOf(
  { plain, checkpoint }: Opened,
  role: ChosenRole,
): Pick<ChoiceSizes, 'usual'> & { all: (WeightChoice | null)[] } {
  const specs = Object.values(plain.weights).filter((spec) => roleOf(spec) === role)
  const formats = (choice?: WeightChoice): string | null => {
    try {
      return specs.map(formatsBy(checkpoint, { [role]: choice })).join(' ')
    } catch (error) {
      if (error instanceof EngineError && error.code === 'DTYPE_UNSUPPORTED') return null
      throw error
    }
  }
  const without = formats()
  const all = weightChoices.filter((choice) => formats(choice) !== null)
  const usual = all.find((choice) => formats(choice) === without) ?? null
  return { usual, all: usual === null && without !== null ? [null, ...all] : all }
}

/** Bytes by choice. @param options what is chosen now: `info.bytes` are of it */
export function sizesByChoice(model: Opened, { linear, embedding }: Choices): Record<ChosenRole, ChoiceSizes> {
  const { plain, checkpoint, info, size } = model
  // what can be stacked differs by format, and with it the activations
  const weigh = (options: Choices, role?: ChosenRole): { weights: number; total: number } => {
    const { canStack, layout } = checkpointWeights(checkpoint, options)
    const plan = fuse(plain, canStack)
    const own = Object.values(plan.weights).filter((spec) => roleOf(spec) === role)
    const { total } = model.memory(plan, (name) => layout(plan.weights[name]!), size, info.parameters)
    return { weights: own.reduce((sum, spec) => sum + weightBytes(layout(spec)), 0), total }
  }
  const now = weigh({ linear, embedding }).total
  const of = (role: ChosenRole): ChoiceSizes => {
    const { usual, all } = choicesOf(model, role)
    const bytes = (choice: WeightChoice | null): { weights: number; total: number } => {
      const { weights, total } = weigh({ linear, embedding, [role]: choice ?? undefined }, role)
      return { weights, total: info.bytes.total - now + total }
    }
    return { usual, sizes: all.map((choice) => ({ choice, ...bytes(choice) })) }
  }
  return { linear: of('linear'), embedding: of('embedding') }
}

/** Rows of a matrix, and what becomes of them. */
interface Matrix {
  part: WeightPart
  cols: number
  role: ChosenRole
  /** as the file has it */
  held: StorageFormat
  /** every other format that some choice makes of it */
  formats: StorageFormat[]
  spec: WeightSpec
}

/** Squares of what is off, and of what the file holds. */
interface Sum {
  off: number
  all: number
}
const added = (a: Sum | null, b: Sum | null): Sum | null => a && b && { off: a.off + b.off, all: a.all + b.all }
const errorOf = ({ off, all }: Sum): number => (all > 0 ? Math.sqrt(off / all) : 0)

/**
 * @param onProgress numbers that were read, of those that will be
 * @throws what reading the weights throws; ABORTED
 */
export async function measureErrors(
  model: Opened,
  { signal, onProgress }: Pick<LoadOptions, 'signal'> & { onProgress?: (p: { loaded: number; total: number }) => void },
): Promise<WeightErrors> {
  const { checkpoint } = model
  const choices = { linear: choicesOf(model, 'linear').all, embedding: choicesOf(model, 'embedding').all }
  const formatOf = (role: ChosenRole, choice: WeightChoice | null): ((spec: WeightSpec) => StorageFormat) =>
    formatsBy(checkpoint, { [role]: choice ?? undefined })
  const matrices = matricesOf(model, choices)
  const numbers = matrices.reduce((sum, { part, cols }) => sum + part.rows * cols, 0)
  const plans = matrices.map((matrix) => ({ matrix, rows: sampleOf(matrix, numbers, matrices.length) }))
  const total = plans.reduce((sum, { matrix, rows }) => sum + rows.length * matrix.cols, 0)
  /** by matrix and format */
  const sums = new Map<Matrix, Map<StorageFormat, Sum | null>>()
  let loaded = 0
  let paused = performance.now()
  for (const { matrix, rows } of plans) {
    checkAborted(signal)
    if (performance.now() - paused > WORK) {
      onProgress?.({ loaded, total })
      await new Promise((resolve) => setTimeout(resolve))
      paused = performance.now()
    }
    const values = await readSample(checkpoint, matrix.part, matrix.cols, rows, { signal })
    sums.set(matrix, new Map(matrix.formats.map((format) => [format, compare(matrix, format, values)])))
    loaded += values.length
  }
  onProgress?.({ loaded, total })

  const of = (role: ChosenRole): ChoiceErrors => {
    const own = matrices.filter((matrix) => matrix.role === role)
    const kinds = new Set(own.map(({ held }) => (quantOf(held).coding === 'float' ? 'floats' : 'codes')))
    const errors = choices[role].map((choice) => {
      const format = formatOf(role, choice)
      let all: Sum | null = { off: 0, all: 0 }
      // a file's tensor may be several matrices here: q, k and v of one
      const byTensor = new Map<string, Sum | null>()
      for (const matrix of own) {
        const { tensor } = matrix.part
        const kept = matrix.formats[0] && sums.get(matrix)!.get(matrix.formats[0])
        const becomes = format(matrix.spec)
        const sum = becomes === matrix.held ? { off: 0, all: kept?.all ?? 0 } : sums.get(matrix)!.get(becomes)!
        byTensor.set(tensor, byTensor.has(tensor) ? added(byTensor.get(tensor)!, sum) : sum)
        all = added(all, sum)
      }
      let worst: { tensor: string; error: number | null } | null = null
      for (const [tensor, sum] of byTensor) {
        const error = sum && errorOf(sum)
        if (error !== 0 && (worst === null || (worst.error !== null && (error === null || error > worst.error)))) {
          worst = { tensor: checkpoint.nameInFile(tensor), error }
        }
      }
      return { choice, error: all && errorOf(all), worst }
    })
    return { held: kinds.size > 1 ? 'both' : ([...kinds][0] ?? null), errors }
  }
  return { share: numbers > 0 ? total / numbers : 1, linear: of('linear'), embedding: of('embedding') }
}

/** Every part of every matrix for which something can be chosen, in the order in which they lie in their files. */
function matricesOf({ plain, checkpoint }: Opened, choices: Record<ChosenRole, (WeightChoice | null)[]>): Matrix[] {
  const formats = (role: ChosenRole) =>
    choices[role].map((choice) => formatsBy(checkpoint, { [role]: choice ?? undefined }))
  const by = { linear: formats('linear'), embedding: formats('embedding') }
  const held = formatsBy(checkpoint, { linear: 'keep', embedding: 'keep' })
  const found = Object.values(plain.weights).flatMap((spec): Matrix[] => {
    const role = roleOf(spec)
    if (!role) return []
    const all = new Set(by[role].map((format) => format(spec)))
    return spec.parts.map((part) => {
      const own = held({ ...spec, parts: [part], rows: part.rows })
      return { part, cols: spec.cols, role, held: own, formats: [...all].filter((format) => format !== own), spec }
    })
  })
  const place = ({ part }: Matrix): [string, number] => {
    const { source, begin } = checkpoint.tensors.get(part.tensor)!.data
    return [source.name, begin]
  }
  return found.sort((a, b) => {
    const [[file, at], [other, then]] = [place(a), place(b)]
    return file < other ? -1 : file > other ? 1 : at - then
  })
}

/** The numbers of the rows that are read: runs that begin where blocks of every format begin, spread evenly. */
function sampleOf({ part: { rows }, cols, formats }: Matrix, numbers: number, matrices: number): number[] {
  const fewest = Math.max(1, Math.min(FEWEST, Math.floor(SAMPLE / matrices / cols)))
  const wanted = Math.max(fewest, Math.ceil((rows * SAMPLE) / Math.max(SAMPLE, numbers)))
  const unit = Math.max(1, ...formats.map((format) => quantOf(format).rowUnit({ cols, block: quantOf(format).block })))
  const runs = Math.min(RUNS, Math.max(1, Math.floor(wanted / unit)))
  const length = Math.ceil(wanted / runs / unit) * unit
  if (length * runs >= rows) return Array.from({ length: rows }, (_, row) => row)
  return Array.from({ length: runs }, (_, run) => {
    const first = Math.floor(((rows - length) * (runs === 1 ? 0.5 : run / (runs - 1))) / unit) * unit
    return Array.from({ length }, (_, row) => first + row)
  }).flat()
}

/** null where the format cannot hold the values. */
function compare({ part, cols }: Matrix, format: StorageFormat, values: Float32Array): Sum | null {
  const rows = values.length / cols
  let packed
  try {
    packed = packValues(part.tensor, { format, rows, cols, block: quantOf(format).block }, values)
  } catch (error) {
    const { beyond, factor } = error instanceof EngineError ? error.facts : {}
    if (beyond !== undefined || factor !== undefined) return null
    throw error
  }
  const line = new Float32Array(cols)
  const sum = { off: 0, all: 0 }
  for (let row = 0; row < rows; row++) {
    dequantRow(packed, row, line)
    for (let col = 0; col < cols; col++) {
      const value = values[row * cols + col]!
      const off = line[col]! - value
      sum.off += off * off
      sum.all += value * value
    }
  }
  return sum
}
