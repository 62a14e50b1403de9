// The modules of a model by the names that PEFT has for them, and where the Plan computes with each: a module's matrix
// may be stacked with others, or cut into several.

import type { Plan, PlanStep, WeightPart } from '../model/plan.ts'
import type { AdaptedModel } from './adapter.ts'

/** Rows of a module's matrix as one step computes with them. */
export interface ModuleUse {
  /** path of the module */
  module: string
  step: PlanStep
  part: WeightPart
  /** first row within the Plan's weight */
  from: number
}

export interface ModelModule {
  path: string
  /** of the whole module: results and inputs; of an embedding tokens and width */
  rows: number
  cols: number
  uses: ModuleUse[]
  /** no adapter can change it here */
  fixed: boolean
}

const wrappers = /(^|\.)(_orig_mod|module|_fsdp_wrapped_module|_checkpoint_wrapped_module)(?=\.)/g
/** PEFT's own prefix, with what compiling and training in parallel put before and between. */
export const peftPrefix = 'base_model.model.'
export const unwrapped = (name: string): string => name.replace(wrappers, '').replace(/^\./, '')

/** Weights that are no module of their own, or are called otherwise, have their tensor's whole name. */
const pathOf = (tensor: string): string => tensor.replace(/\.weight$/, '')

/** Every module of the Plan that has a matrix. */
export function modulesOf(
  plan: Plan,
  { description, trained }: Pick<AdaptedModel, 'description' | 'trained'>,
): Map<string, ModelModule> {
  const { embed, head, encoder } = description
  const table = embed.weightAt ?? `${embed.at}.weight`
  const modules = new Map<string, ModelModule>()
  // what is divided by the lengths of its rows would have to be divided by those of the changed ones
  const normed = new Set(
    Object.values(plan.vectors).flatMap(({ make }) => (make?.kind === 'unit-rows' ? [make.weight] : [])),
  )
  for (const step of plan.steps) {
    const weight = plan.weights[step.args['weight'] ?? '']
    // what other adapters compute with the model's matrices is theirs
    if (!weight || step.when) continue
    let from = 0
    for (const part of weight.parts) {
      // a tied head computes with the embedding's tensor, and is a module of its own
      const isTable = part.tensor === table
      const path =
        (isTable &&
          (step.op === 'matmul' ? head.tokens?.at : (step.part === 'encode' ? encoder!.embed : embed).called)) ||
        pathOf(part.tensor)
      const rows = part.slice ? (part.rows / part.slice.count) * part.slice.every : part.rows
      const module = modules.get(path) ?? { path, rows, cols: weight.cols, uses: [], fixed: false }
      module.fixed ||= step.op === 'matmul' && normed.has(step.args['weight']!)
      module.uses.push({ module: path, step, part: trained?.part(part) ?? part, from })
      modules.set(path, module)
      from += part.rows
    }
  }
  // a table that modules of other names read is a module that nothing runs
  const reader = embed.called === undefined ? undefined : modules.get(embed.called)
  if (reader) modules.set(pathOf(table), { ...reader, path: pathOf(table), uses: [] })
  return modules
}

/** What the model may call what the file calls so: with or without what the family's names begin with. */
export const namesOf = (path: string, { root, called = [] }: Pick<AdaptedModel, 'root' | 'called'>): string[] => [
  ...inRoot(path, root),
  ...called.flatMap(([pattern, file, part]) =>
    part ? [] : inRoot(path, root).flatMap((name) => (pattern.test(name) ? [name.replace(pattern, file)] : [])),
  ),
]
const inRoot = (path: string, root: string): string[] => [
  path,
  root + path,
  ...(root && path.startsWith(root) ? [path.slice(root.length)] : []),
]

/** The module that the file means, under the model's name for it; of some the files hold several as one. */
export function findModule(
  modules: ReadonlyMap<string, ModelModule>,
  path: string,
  model: Pick<AdaptedModel, 'root' | 'called'>,
): ModelModule | null {
  const found = namesOf(path, model).find((name) => modules.has(name))
  if (found !== undefined) return modules.get(found)!
  for (const [pattern, file, part] of model.called ?? []) {
    const name = inRoot(path, model.root).find((one) => pattern.test(one))
    const whole = name === undefined ? undefined : modules.get(name.replace(pattern, file))
    if (whole && part) return partOf(whole, part)
  }
  return null
}

/** One of `count` equal parts of a module's rows, as if it were one. */
function partOf(module: ModelModule, [index, count]: readonly [number, number]): ModelModule {
  const { path } = module,
    rows = module.rows / count
  const uses = module.uses.flatMap(({ step, part: { slice, ...part }, from }) => {
    if (!slice) return [{ module: path, step, part: { ...part, rows }, from: from + index * rows }]
    return slice.from === index * rows && slice.count === rows ? [{ module: path, step, part, from }] : []
  })
  return { ...module, rows, uses }
}

/** Does its step fill all of each row of its result, which is `width` wide? */
export const isWhole = ({ step: { params } }: ModuleUse, width: number): boolean =>
  params['N'] === width && params['yStride'] === width && params['yOffset'] === 0
