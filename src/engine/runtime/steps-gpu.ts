// Steps on a GPU: the Plan's own and the inspector's. Kernels, parameter blocks and bind groups are made when a step
// is prepared; running it only records launches. Knows no order of steps and no text.

import { EngineError } from '../errors.ts'
import type { Device } from '../gpu/device.ts'
import { bindByName, packParams, type Binding, type Bound, type Kernel, type KernelCache } from '../gpu/kernel.ts'
import type { GpuBuffer, Memory } from '../gpu/memory.ts'
import { refusalOf, type Commands } from '../gpu/queue.ts'
import { contextOf } from '../gpu/selftest.ts'
import { runsWithout, type PlanGroup, type PlanStep } from '../model/plan.ts'
import { packRows, rowWords, unpackRows } from '../ops/cache-format.ts'
import { ops } from '../ops/index.ts'
import { STEP_BYTES, stepWords, type Params, type Pass, type StepValues, type Variant } from '../ops/op.ts'
import { codesBytes, type StorageFormat } from '../quants/weight.ts'
import { unchecked, type Asked, type KernelChecks } from './checks.ts'
import { MOST_PARTS, type Hooks, type Prepared } from './inspect.ts'
import type { Placement, Segment } from './placement.ts'
import { boundParams, type RuntimeSize } from './size.ts'
import { choose, defaultOrder, kindOf, PLAIN, Preference, type Order } from './tuning/order.ts'
import { fittingVariants, PICTURE_ROWS, reached, variantKey, type Choosable } from './variants.ts'

/** One kernel launch. Its params lie in its room from byte `at` on. */
interface Launch {
  pass: Pass
  params: Params
  segment: Segment | undefined
  at: number
  /** null until its kernel is wanted (makeReady): it cannot be recorded before */
  bound: Bound | null
}
/** One launch per pass and weight segment. */
interface Candidate {
  variant: Variant
  launches: Launch[]
  isReady: boolean
}
/** What steps that were prepared together share. */
interface Room {
  params: GpuBuffer
  scratch: GpuBuffer
  partials: GpuBuffer
}
/** A step with every variant that may run it, in order of preference. */
export interface Ready extends Prepared, Choosable<Candidate> {
  step: PlanStep | PlanGroup
  /** with those of the first segment of its weight */
  params: Params
  room: Room
}

/** A step, and one of its kernels that is not ready. */
interface Open {
  ready: Ready
  one: Candidate
}
const asked = ({ ready: { step, format }, one: { variant, launches } }: Open): Asked => ({
  op: ops[step.op]!,
  variant,
  format,
  params: launches[0]!.params,
})

/** Byte offsets into the step uniform: one Step for each part, so that one submit can run them all. */
const stepSlots: Record<PlanStep['part'], number> = { body: 0, head: 256, probe: 512, encode: 768 }

export class GpuSteps {
  /** set by the inspector; null costs nothing */
  hooks: Hooks | null = null
  /** adapters that are off */
  off: ReadonlySet<string> = new Set()
  /** which of several kernels runs; whoever changes it gives another object */
  order: Order = defaultOrder
  private readonly ids: GpuBuffer
  /** the Step of each part, at stepSlots */
  private readonly stepUniform: GpuBuffer
  /** Steps that are lent to a look inside; behind each the one in whose place it stands */
  private readonly lent: GpuBuffer
  private readonly zero: GpuBuffer

  /** kernels that were found wrong so far */
  get rejected(): ReadonlySet<string> {
    return this.checks.rejected
  }

  /** @param checks of the kernels that run the Plan */
  constructor(
    readonly device: Device,
    readonly memory: Memory,
    readonly placement: Placement,
    private readonly size: RuntimeSize,
    readonly kernels: KernelCache,
    private readonly checks: KernelChecks = unchecked,
  ) {
    this.ids = memory.storage('ids', size.chunk * 4)
    this.stepUniform = memory.sharedUniform('step', 1024)
    this.lent = memory.storage('step.lent', 2 * MOST_PARTS * STEP_BYTES)
    this.zero = memory.storage('zero', 16)
  }

  /** Those of the groups whose weight lies in one piece, where it must, and that a kernel of this device runs. */
  runnable(groups: readonly PlanGroup[]): PlanGroup[] {
    return groups.filter((group) => {
      const [segment, ...more] = this.placement.weights.get(group.args['weight']!)!
      const { format } = segment!.layout
      const params = segmentParams(group.op, boundParams(group, this.size), segment!)
      const variants = fittingVariants(group.op, contextOf(this.device, params, format))
      return (
        (more.length === 0 || !ops[group.op]!.inOnePiece) &&
        variants.some((variant) => !this.isRejected(group.op, variant, format))
      )
    })
  }

  private isRejected(op: string, { name }: Variant, format: StorageFormat | null): boolean {
    return this.checks.rejected.has(variantKey(op, name, format))
  }

  /**
   * Makes steps runnable, with the kernels that the order of now may run.
   * @param isChecked whether they are checked first: the Plan's own
   * @throws KERNEL_FAILED, GPU_VALIDATION, GPU_OUT_OF_MEMORY, GPU_LOST
   */
  async prepare(steps: readonly PlanStep[], isChecked = false): Promise<Prepared[]> {
    let launches = 0
    let scratchBytes = 0
    let partialWords = 0
    const room = {} as Room
    const ready = steps.map((step): Ready => {
      const params = { ...boundParams(step, this.size), ...this.vectorsOf(step) }
      const segments: (Segment | undefined)[] = step.args['weight']
        ? this.placement.weights.get(step.args['weight'])!
        : [undefined]
      const format = segments[0]?.layout.format ?? null
      if (segments.length > 1 && ops[step.op]!.inOnePiece) throw splitError(step, segments as Segment[], this.memory)
      const own = segments.map((segment) => (segment ? segmentParams(step.op, params, segment) : params))
      const launchesOf = (variant: Variant): Launch[] =>
        segments.flatMap((segment, i) =>
          variant
            .passes(contextOf(this.device, own[i]!, format))
            .map((pass): Launch => ({ pass, params: own[i]!, segment, at: 256 * launches++, bound: null })),
        )
      const variants = fittingVariants(step.op, contextOf(this.device, own[0]!, format))
      const most = step.part === 'probe' ? Math.max(this.size.chunk, PICTURE_ROWS) : this.size.chunk
      for (const variant of variants) {
        partialWords = Math.max(partialWords, variant.partialWords?.(params, most) ?? 0)
        scratchBytes = Math.max(scratchBytes, variant.scratchBytes?.(params, most) ?? 0)
      }
      return {
        step,
        preference: new Preference(kindOf(step, format, params)),
        format,
        params: own[0]!,
        room,
        variants: variants.map((variant) => ({ variant, launches: launchesOf(variant), isReady: false })),
      }
    })
    room.params = this.memory.uniform('params', launches * 256)
    room.scratch = this.memory.storage('scratch', scratchBytes)
    room.partials = this.memory.storage('partials', partialWords * 4)
    await this.memory.check()
    await this.makeReady(ready, this.order, isChecked)
    return ready
  }

  /**
   * Compiles, checks and binds what an order may run of these steps; what is wrong makes place for the next one. Nothing
   * that runs changes before the order does.
   * @throws KERNEL_FAILED where nothing is left, GPU_VALIDATION, GPU_LOST, ABORTED
   */
  async makeReady(all: readonly Ready[], order: Order, isChecked = true, signal?: AbortSignal): Promise<void> {
    for (;;) {
      const open = this.open(all, order)
      if (open.length === 0) return
      if (isChecked) await this.checks.check(open.map(asked), signal)
      const right = open.filter(({ ready, one }) => !this.isRejected(ready.step.op, one.variant, ready.format))
      const launches = right.flatMap(({ ready, one }) => one.launches.map((launch) => ({ ready, launch })))
      const kernels = await Promise.all(
        launches.map(({ ready: { format }, launch: { pass } }) =>
          this.kernels.compile(pass.shader, format, pass.overrides, pass.parts),
        ),
      )
      const refusal = await refusalOf(this.device, 'bind', () =>
        launches.forEach(({ ready, launch }, i) => this.bind(ready, launch, kernels[i]!)),
      )
      if (refusal !== null) {
        throw new EngineError('GPU_VALIDATION', `The GPU refused a binding of this model: ${refusal}`, {
          step: 'bind',
          message: refusal,
        })
      }
      for (const { one } of right) one.isReady = true
    }
  }

  /** What an order may run and is not ready. */
  private open(all: readonly Ready[], order: Order): Open[] {
    const known = new Map<string, ReadonlySet<string>>()
    return all.flatMap((ready) => {
      const { step, preference, variants } = ready
      const key = [preference.kind, step.part, ...variants.map(({ variant }) => variant.name)].join('|')
      let names = known.get(key)
      if (!names) {
        const found = reached(ready, order, this.size, this.checks.rejected)
        known.set(key, (names = new Set(found.map(({ variant }) => variant.name))))
      }
      return variants.flatMap((one) => (!one.isReady && names.has(one.variant.name) ? [{ ready, one }] : []))
    })
  }

  private bind({ step, room }: Ready, launch: Launch, kernel: Kernel): void {
    const { scratch, partials, params } = room
    this.memory.write(params, launch.at, new Uint8Array(packParams(kernel.reflection, launch.params, step.name)))
    launch.bound = bindByName(
      this.device,
      kernel,
      {
        ...this.buffersOf(step, launch.segment),
        params: { buffer: params, offset: launch.at, size: 256 },
        scratch,
        partials,
      },
      step.name,
    )
  }

  private buffersOf(step: PlanStep, segment: Segment | undefined): Record<string, Binding> {
    const buffers: Record<string, Binding> = {
      step: { buffer: this.stepUniform, offset: stepSlots[step.part], size: STEP_BYTES },
      ids: this.ids,
      // the kernel that draws a token writes what the next one runs with
      token: this.ids,
      steps: this.stepUniform,
      vectors: this.placement.vectors.buffer,
      factors: this.zero,
      table: this.zero,
      qBias: this.zero,
      kBias: this.zero,
      bias: this.zero, // a step's own `ids` argument goes before the token ids
    }
    if (segment) {
      buffers['codes'] = segment.codes
      buffers['scales'] = segment.scales ?? this.zero
    }
    for (const [arg, name] of Object.entries(step.args)) {
      const vector = this.placement.vectors.at.get(name)
      // a segment of a split weight sees its own slice of the bias; 64 rows keep the 256-byte alignment
      if (vector) {
        const from = arg === 'bias' && segment ? segment.rowStart : 0
        const count = arg === 'bias' && segment ? segment.layout.rows : vector.count
        const place = { offset: (vector.offset + from) * 4, size: Math.ceil(count / 4) * 16 }
        buffers[arg] = { buffer: this.placement.vectors.buffer, ...place }
      }
      const buffer = this.placement.tensors.get(name)
      if (buffer) buffers[arg] = buffer
    }
    return buffers
  }

  /** Where a tensor of the Plan or the inspector lies: its buffer, and the float it begins at. */
  place(name: string): { buffer: GpuBuffer; offset: number } {
    const { tensors, vectors } = this.placement
    const buffer = tensors.get(name),
      vector = vectors.at.get(name)
    if (vector) return { buffer: vectors.buffer, offset: vector.offset }
    if (!buffer) throw new EngineError('INTERNAL', `There is no tensor "${name}".`, { name })
    return { buffer, offset: 0 }
  }
  /** The buffer of a tensor that is no vector: it has one to itself. */
  buffer(name: string): GpuBuffer {
    return this.place(name).buffer
  }
  /** Writes words into a tensor from word `offset` on; into a packed cache whole rows of values. */
  write(name: string, offset: number, data: ArrayBufferView): void {
    const { buffer, offset: begin } = this.place(name)
    const d = this.placement.packed.get(name)
    const words = d === undefined ? data : packRows(this.size.kvCache!, d, data as Float32Array)
    this.memory.write(buffer, (begin + this.wordsOf(name, offset, 0).offset) * 4, words)
  }

  /** Where the vectors of a step lie among all of them: parameters of ops that read them there. */
  private vectorsOf({ op, args }: PlanStep): Params {
    const kinds = Object.entries(ops[op]!.args).filter(([, kind]) => kind === 'vector')
    return Object.fromEntries(
      kinds.map(([arg]) => [`${arg}At`, this.placement.vectors.at.get(args[arg] ?? '')?.offset ?? 0]),
    )
  }

  /** Words [offset, offset + count) of a tensor where they lie: rows of a packed cache are shorter than their values. */
  wordsOf(name: string, offset: number, count: number): { offset: number; count: number } {
    const d = this.placement.packed.get(name)
    if (d === undefined) return { offset, count }
    const width = rowWords(this.size.kvCache!, d)
    return { offset: (offset / d) * width, count: (count / d) * width }
  }

  /** What words copied from a tensor say: of a packed cache the values of its rows. */
  floatsOf(name: string, words: Float32Array): Float32Array {
    const d = this.placement.packed.get(name)
    if (d === undefined) return words
    return unpackRows(this.size.kvCache!, d, new Uint32Array(words.buffer, words.byteOffset, words.length))
  }

  /** Kernel launches of these steps without hooks: as many as a variant has passes and its weight segments. */
  launches(steps: readonly Prepared[], values: StepValues): number {
    return steps.reduce((n, step) => n + this.chosen(step as Ready, values).length, 0)
  }

  /** Does a group run so many rows, and are its steps not faster? */
  accepts(prepared: Prepared, values: StepValues): boolean {
    const found = this.choice(prepared as Ready, values)
    return found !== undefined && found !== PLAIN
  }

  /** Gives a prepared step other constants, for the next submit: the inspector's requests differ call by call. */
  setParams(prepared: Prepared, params: Params): void {
    const { step, room, variants } = prepared as Ready
    for (const launch of variants.flatMap(({ launches }) => launches)) {
      launch.params = { ...launch.params, ...params }
      if (launch.bound === null) continue // written when it is bound
      const { reflection } = launch.bound.kernel
      this.memory.write(room.params, launch.at, new Uint8Array(packParams(reflection, launch.params, step.name)))
    }
  }

  /** The tokens that run from the next submit on. */
  writeIds(ids: Uint32Array): void {
    this.memory.write(this.ids, 0, ids)
  }

  /** Sets the Step that the steps of `part` see from the next submit on. */
  writeStep(part: PlanStep['part'], values: StepValues): void {
    this.memory.write(this.stepUniform, stepSlots[part], stepWords(values))
  }

  /**
   * Sets the Step that the steps of `part` see in these commands, from here on to where what it returns is called: a token
   * in flight goes on with its own, which no host knows. @param i which of the submit's lendings it is
   */
  lendStep(commands: Commands, part: PlanStep['part'], values: StepValues, i = 0): () => void {
    const { lent, stepUniform } = this,
      offset = stepSlots[part] / 4,
      count = STEP_BYTES / 4,
      own = 2 * i * count
    this.memory.write(lent, own * 4, stepWords(values))
    commands.copy({ buffer: stepUniform, offset, count }, lent, own + count)
    commands.copy({ buffer: lent, offset: own, count }, stepUniform, offset)
    return () => commands.copy({ buffer: lent, offset: own + count, count }, stepUniform, offset)
  }

  /** Records steps with their hooks. */
  record(commands: Commands, steps: readonly Prepared[], values: StepValues): void {
    for (const ready of steps) {
      const instead = this.hooks?.instead.get(ready.step.name)
      if (instead) this.record(commands, instead, values)
      else if (runsWithout(ready.step, this.off)) this.launch(commands, ready, values)
      const after = this.hooks?.after.get(ready.step.name)
      if (after) this.record(commands, after, values)
    }
  }

  /** Records a step without its hooks. */
  launch(commands: Commands, prepared: Prepared, values: StepValues): void {
    for (const { bound, params, pass } of this.chosen(prepared as Ready, values)) {
      commands.launch(bound!, pass.workgroups(params, values))
    }
  }

  /** Records a step by one variant of it that is ready, for a timing. */
  launchBy(commands: Commands, { variants }: Ready, name: string, values: StepValues): void {
    for (const { bound, params, pass } of variants.find(({ variant }) => variant.name === name)!.launches) {
      commands.launch(bound!, pass.workgroups(params, values))
    }
  }

  private choice({ step, preference, variants }: Ready, values: StepValues) {
    return choose(
      preference.of(this.order, values.T),
      variants,
      ({ variant, isReady }) => isReady && variant.accepts(values, step.params),
    )
  }

  /** The launches of the variant of a step that runs so many rows at such a place. */
  private chosen(ready: Ready, values: StepValues): Launch[] {
    const found = this.choice(ready, values)
    if (found === undefined || found === PLAIN) {
      throw new EngineError('INTERNAL', `No variant of "${ready.step.op}" runs ${values.T} rows.`, {
        step: ready.step.name,
        rows: values.T,
      })
    }
    return found.launches
  }
}

function splitError({ name }: PlanStep, segments: readonly Segment[], { maxBinding }: Memory): EngineError {
  const needed = segments.reduce((n, { layout }) => n + codesBytes(layout), 0)
  return new EngineError(
    'LIMIT_TOO_SMALL',
    `Cannot run "${name}" on this GPU: its weight of ${needed} bytes must be bound in one piece, and this device binds at most ${maxBinding}.`,
    { limit: 'maxStorageBufferBindingSize', needed, found: maxBinding },
  )
}

/** A segment's own part of a step: which rows of the weight it holds and where its results go. */
function segmentParams(op: string, params: Params, { rowStart, layout }: Segment): Params {
  const own = { ...params, block: layout.block, rowStart, rows: layout.rows }
  return { ...own, ...ops[op]!.segment?.(own) }
}
