// Compares a model with the logits its reference implementation gave: on the plain references, on the processor and on
// the GPU; the whole prompt at once, token by token, and in two chunks; a text that is read both ways whole only. Other
// heads than that of logits are compared alike. Used by `npm run golden` and by the tests.

import { EngineError } from './errors.ts'
import { bytesSource } from './formats/bytes.ts'
import { ropeRegime } from './model/rope-table.ts'
import { ropesOf, rowOf, type PlanOutput } from './model/plan.ts'
import { placeOf, tensorOf } from './model/sites.ts'
import type { Runtime } from './runtime/runtime.ts'
import { openMachine, openModel, placeModel, type Machine } from './load.ts'
import type { AdapterSource, LoadOptions } from './types.ts'

export interface GoldenResult {
  status: 'pass' | 'fail' | 'unrun'
  reason?: string
  /** largest |ours - reference| / largest |reference|, by way of running */
  differences: Record<string, number>
}

interface Golden {
  /** `decoder_input_ids`: of an encoder–decoder, whose encoder reads `input_ids` */
  inputs?: {
    input_ids?: number[] | number[][]
    token_type_ids?: number[] | number[][]
    decoder_input_ids?: number[] | number[][]
    /** XLNet: who does not see whom, and which rows are predicted; the last token stands for the one to come */
    perm_mask?: number[][][]
    target_mapping?: number[][][]
  }
  input_ids?: number[]
  logits?: number[][] | number[][][]
  /** `logits` of the text's own tokens, where an adapter puts others before them */
  logits_last_len_input?: number[][]
  /** of `logits` and `hidden`: the tokens whose rows are held; default all */
  positions?: number[]
  labels?: number[]
  /** of a model with a head for each task: of each of them */
  task_labels?: number[][]
  token_labels?: number[][]
  start_logits?: number[]
  end_logits?: number[]
  hidden?: number[][]
  pooled?: number[]
  /** how float weights are kept, when the reference quantized them as we would */
  load?: Pick<LoadOptions, 'linear' | 'embedding'>
  /** how strong the adapters are, by their folders */
  adapters?: Record<string, number>
}

/**
 * On the references, on the processor and on a GPU that runs in software: the worst correct value is 2.6e-6, and a norm's eps of
 * 2e-5 where the file says 1e-6 gives 8e-5.
 */
export const GOLDEN_TOLERANCE = 1e-5
/** On real GPUs, whose exponentials and divisions may be rounded more coarsely. */
export const HARDWARE_TOLERANCE = 2e-4

/** Why the other ways are not there. */
export const WHOLE_ONLY = 'read both ways, a text runs whole only'

/** Rows of logits per pass of the head: one submit each, where a chat needs one row only. */
const LOGIT_ROWS = 64

/** One device per GPU for all models of a run: on a software adapter compiling takes longer than running. */
const opened = new WeakMap<GPU, Promise<Machine>>()
function machineOf(gpu: GPU, force?: string): Promise<Machine> {
  let machine = opened.get(gpu)
  if (!machine) {
    opened.set(gpu, (machine = openMachine({ gpu, force })))
    void machine
      .then(({ device }) => device.lost)
      .catch(() => undefined)
      .then(() => opened.delete(gpu))
  }
  return machine
}

/** What the reference gave of one output: `rows[k]` belongs to token `positions[k]`. */
interface Expected {
  positions: readonly number[]
  rows: readonly number[][]
}

function expectedOf(g: Golden): Partial<Record<PlanOutput['name'], Expected>> {
  const each = (rows: readonly number[][]): Expected => ({ positions: rows.map((_, i) => i), rows })
  const held = (rows: readonly number[][]): Expected => (g.positions ? { positions: g.positions, rows } : each(rows))
  const one = (row: number[]): Expected => ({ positions: [0], rows: [row] })
  const all = g.logits ?? g.logits_last_len_input
  const logits = (Array.isArray(all?.[0]?.[0]) ? all[0] : all) as number[][] | undefined
  return {
    ...(logits && { logits: held(logits) }),
    ...(g.token_labels && { 'token-labels': each(g.token_labels) }),
    ...(g.start_logits && g.end_logits && { span: each(g.start_logits.map((start, i) => [start, g.end_logits![i]!])) }),
    ...(g.hidden && { hidden: held(g.hidden) }),
    ...(g.labels && { labels: one(g.labels) }),
    ...(g.task_labels && { labels: one(g.task_labels[0]!) }),
    ...(g.pooled && { pooled: one(g.pooled) }),
  }
}

/** One task's, measured by the largest of all: a single small one is rounded more coarsely than it is compared. */
const taskRows = (all: readonly number[][], task: number): number[][] => [all[task]!, ...all]

/** The largest difference of the rows that the reference gave, by its largest value. NaN wins. */
function worstOf(rows: ArrayLike<Float32Array>, expected: Expected): number {
  const peak = expected.rows.reduce((max, row) => row.reduce((m, v) => Math.max(m, Math.abs(v)), max), 0)
  return expected.positions.reduce(
    (worst, position, k) =>
      expected.rows[k]!.reduce((w, v, j) => {
        const difference = Math.abs(rows[position]![j]! - v) / peak
        return difference <= w ? w : difference
      }, worst),
    0,
  )
}

/**
 * XLNet's reference predicts by a token of no meaning behind the text, which nobody sees: here the text is without it.
 * @returns null where nothing is said, false where something else is
 */
function predictsNext({ inputs }: Golden): boolean | null {
  const [mask] = inputs?.perm_mask ?? [],
    [target] = inputs?.target_mapping ?? []
  if (!mask || !target) return null
  const isLast = (row: number[]): boolean => row.every((v, i) => v === Number(i === row.length - 1))
  return target.length === 1 && [...mask, ...target].every(isLast)
}

/** A row for the whole text belongs to its first token; to its last one where the model reads forwards only. */
const placed = (expected: Expected | undefined, output: PlanOutput, ids: readonly number[]): Expected | undefined =>
  expected && output.rows === 'last' ? { ...expected, positions: [rowOf(output, ids)] } : expected

/** The pieces of a text whose first tokens run together, and none that is empty. */
function withPrefix(pieces: readonly number[][], prefix: number): number[][] {
  const ids = pieces.flat()
  let from = 0
  const rest = pieces.map((piece) => {
    const own = piece.slice(Math.max(0, prefix - from))
    from += piece.length
    return own
  })
  return [ids.slice(0, prefix), ...rest].filter((piece) => piece.length > 0)
}

/** The tokens at `alone` one by one, those between them in chunks. */
function apart(ids: readonly number[], alone: readonly number[]): number[][] {
  const edges = [...new Set([0, ...alone.flatMap((at) => [at, at + 1]), ids.length])].sort((a, b) => a - b)
  return edges.slice(1).map((end, i) => ids.slice(edges[i], end))
}

/** An output beside the first: of the one row that it is meant for. */
async function besideOf(runtime: Runtime, ids: readonly number[], output: PlanOutput): Promise<Float32Array> {
  runtime.truncate(0)
  await runtime.forward(ids, [rowOf(output, ids)])
  const tensor = tensorOf(runtime.plan, placeOf(runtime.plan, output.site))
  const [row] = await runtime.inspection().readMany([{ tensor, offset: 0, count: output.width }])
  return row!
}

/** Folders of adapters lie beside the model's files: adapter/, adapter-2/ … */
const isAdapterFile = (path: string): boolean => /^adapter[^/]*\//.test(path)

/** @param scales how strong each is, by its folder; default 1 */
function adaptersOf(files: ReadonlyMap<string, Uint8Array>, scales: Record<string, number> = {}): AdapterSource[] {
  const own = [...files]
    .filter(([path]) => isAdapterFile(path))
    .map(([path, bytes]) => [path, bytesSource(path, bytes)] as const)
  return [...new Set(own.map(([path]) => path.split('/')[0]!))].map((name) => ({
    name,
    files: new Map(own.filter(([path]) => path.startsWith(`${name}/`))),
    scale: scales[name] ?? 1,
  }))
}

/** Where a model is run: results are named by these words. */
export const goldenMachines = ['reference', 'processor', 'gpu'] as const

export interface GoldenOptions {
  /** without one the GPU is left out, and the result says so if it was asked for */
  gpu: GPU | null
  /** LoadOptions.force; one GPU is always forced to the same */
  force?: string
  /** default: all there are */
  machines?: readonly (typeof goldenMachines)[number][]
  /** the largest difference that passes on `gpu`: HARDWARE_TOLERANCE for a real one */
  gpuTolerance?: number
}

/** @param files of one model folder: golden.json and the model, by name */
export async function runGolden(
  _name: string,
  files: Map<string, Uint8Array>,
  { gpu, force, machines = goldenMachines, gpuTolerance = GOLDEN_TOLERANCE }: GoldenOptions,
): Promise<GoldenResult> {
  const differences: Record<string, number> = {}
  const unrun = (reason: string): GoldenResult => ({ status: 'unrun', reason, differences })
  if (files.has('adapter_config.json')) return unrun('an adapter without its model')
  const golden = JSON.parse(new TextDecoder().decode(files.get('golden.json'))) as Golden
  const read = (golden.inputs?.input_ids ?? golden.input_ids)?.flat(),
    written = golden.inputs?.decoder_input_ids?.flat()
  const predicts = predictsNext(golden)
  if (predicts === false) return unrun('golden.json asks for more than the token behind the text')
  const ids = predicts ? read?.slice(0, -1) : (written ?? read)
  const given = expectedOf(predicts && ids ? { ...golden, positions: [ids.length - 1] } : golden)
  if (!ids || Object.keys(given).length === 0) return unrun('golden.json holds no input_ids and logits')

  const adapters = adaptersOf(files, golden.adapters)
  const own = [...files].filter(([n]) => n !== 'golden.json' && !isAdapterFile(n))
  const source = { name: _name, files: new Map(own.map(([n, b]) => [n, bytesSource(n, b)])) }
  const options: LoadOptions = {
    linear: 'keep',
    embedding: 'keep',
    ...golden.load,
    ...(adapters.length && { adapters }),
  }
  const segments = golden.inputs?.token_type_ids?.flat() ?? []
  const split = Math.ceil(ids.length / 2)
  const ways: Record<string, number[][]> = {
    whole: [ids],
    'one by one': ids.map((id) => [id]),
    'two chunks': [ids.slice(0, split), ids.slice(split)],
  }
  const all = Object.keys(ways)
  const runs: [(typeof goldenMachines)[number], LoadOptions, string[]][] = [
    ['reference', { ...options, device: 'reference' }, ['whole']],
    ['processor', { ...options, device: 'cpu' }, all],
  ]
  if (gpu) runs.push(['gpu', { ...options, gpu, ...(force && { force }) }, all])
  let both = false
  for (const [machine, how, names] of runs.filter(([name]) => machines.includes(name))) {
    try {
      // loaded as people load it, but for a text that the default context cannot hold
      const usual = await openModel(source, how)
      const context = ids.length + Math.max(0, ...usual.info.adapters.map(({ before }) => before ?? 0))
      const model = usual.size.context < context ? await openModel(source, { ...how, context }) : usual
      const [first, ...others] = model.plan.outputs
      const expected = placed(given[first!.name], first!, ids),
        beside = others.filter(({ name }) => given[name])
      if (!expected && beside.length === 0) {
        const gives = model.plan.outputs.map(({ name }) => name).join(', ')
        throw new Error(`the model gives ${gives}, golden.json holds ${Object.keys(given).join(', ')}`)
      }
      // read both ways, a text runs in one piece: the other two ways do not apply
      const { whole } = model.plan.programs.decode
      both ||= Boolean(whole)
      // a text that outgrows dynamic or longrope scaling on the way gives other numbers piece by piece, in the
      // reference too
      const grows = ropesOf(model.plan).some(([, spec]) => ropeRegime(spec, 1) !== ropeRegime(spec, context))
      const { runtime } = await placeModel(
        { ...model, size: { ...model.size, logitRows: LOGIT_ROWS, ...(whole && { chunk: ids.length }) } },
        whole ? { ...how, chunk: ids.length } : how,
        how.gpu && (await machineOf(how.gpu, how.force)),
      )
      runtime.segments = segments
      runtime.beginText(ids)
      for (const way of grows || whole ? ['whole'] : names) {
        runtime.truncate(0)
        if (written) await runtime.encode(read!)
        const rows: Float32Array[] = []
        // a submit for each token is most of what a GPU costs here: one by one are those whose rows are compared
        const pieces =
          machine === 'gpu' && way === 'one by one' && expected ? apart(ids, expected.positions) : ways[way]!
        for (const piece of withPrefix(pieces, model.plan.prefix ? runtime.prefix : 0)) {
          const start = runtime.length
          const wanted = expected?.positions.some((p) => p >= start && p < start + piece.length)
          const got = await runtime.forward(piece, wanted ? 'all' : 'none')
          got.forEach((row, i) => {
            rows[start + i] = row
          })
        }
        if (expected) differences[`${machine} ${way}`] = worstOf(rows, expected)
      }
      for (const output of beside) {
        const row = await besideOf(runtime, ids, output)
        differences[`${machine} ${output.site.replace('.act', '')}`] = worstOf([row], {
          positions: [0],
          rows: golden.task_labels
            ? taskRows(golden.task_labels, others.indexOf(output) + 1)
            : given[output.name]!.rows,
        })
      }
      runtime.dispose()
    } catch (error) {
      if (error instanceof EngineError && ['FAMILY_UNSUPPORTED', 'DTYPE_UNSUPPORTED'].includes(error.code)) {
        return unrun(error.message)
      }
      return {
        status: 'fail',
        reason: `${machine}: ${error instanceof Error ? error.message : String(error)}`,
        differences,
      }
    }
  }
  const limitOf = (way: string): number => (way.startsWith('gpu') ? gpuTolerance : GOLDEN_TOLERANCE)
  const failed = Object.keys(differences).filter((way) => !(differences[way]! <= limitOf(way)))
  if (failed.length) {
    return {
      status: 'fail',
      reason: `differs by more than it may: ${failed.map((way) => `${way} (${limitOf(way)})`).join(', ')}`,
      differences,
    }
  }
  const reason = [
    ...(both ? [WHOLE_ONLY] : []),
    ...(!gpu && machines.includes('gpu') ? ['UNRUN on the GPU: no adapter'] : []),
  ].join('; ')
  return { status: 'pass', ...(reason && { reason }), differences }
}
