// The Glass of a running model. Calls are taken one at a time; each leaves the run as it found it, except setEdits.

import { checkAborted, EngineError } from '../errors.ts'
import type { Checkpoint } from '../formats/types.ts'
import type { DecodingContext } from '../context.ts'
import { saysOwnToken } from '../model/plan.ts'
import type { Inspection } from '../runtime/inspect.ts'
import { SAMPLE_LOG_BYTES, SAMPLE_LOG_TOP } from '../sampler/sample-log.ts'
import { traceSampling } from '../sampler/trace.ts'
import { drawMany } from '../sampler/draws.ts'
import { attentionTile, headStats, thumbnails } from './attention.ts'
import { checkQuestion, type RunShape } from './door.ts'
import { attentionError } from './attention-error.ts'
import { editHooks, shiftOf } from './edits.ts'
import { embeddingCosines } from './embedding.ts'
import { Lens } from './lens.ts'
import type { RowStats } from './row-stats.ts'
import { Adapted } from './adapted.ts'
import { Comparing } from './comparing.ts'
import { isWord, requireAttention, sideOf, sourceLayers, wholeSites } from './sites.ts'
import { StepRunner } from './step-runner.ts'
import { probeSite } from './probe.ts'
import { Replay } from './replay.ts'
import { refuseAbsent, refuseLead, whyNoTokens } from './absent.ts'
import { planInfo, runInfo } from './run-info.ts'
import { ActivationCache } from './activation-cache.ts'
import { measureSteps } from './timing.ts'
import type { Edit, EditOutcome, Glass, GlassInfo, GlassToken, SamplingView, Watch } from './types.ts'
import { valueNorms } from './values.ts'
import { listWeights, weightTile } from './weights.ts'

export { Adapted }

export interface GlassOptions {
  /** bytes of activations kept at most */ budget?: number
}

const DEFAULT_BUDGET = 128 * 2 ** 20
/** a vocabulary has one token at least: it may have no second */
const margin = (values: readonly number[]): number | null => (values.length > 1 ? values[0]! - values[1]! : null)
/** rows of logits read out of the activation cache: a slider asks for the same one at every step */
const KEPT_ROWS = 4

type Compares = 'adapterChange' | 'adapterLens' | 'adapterAttention'

export class LiveGlass implements Glass {
  private queue: Promise<unknown> = Promise.resolve()
  private edits: Edit[] = []
  private lensReader: Lens | null = null
  private replayer: Replay | null = null
  private scored = new Map<number, RowStats>()
  /** logits that predicted a position, read out of the activation cache; the last asked stand last */
  private rows = new Map<number, Float32Array>()
  /** the ids that scores and rows belong to */
  private readIds: number[] = []

  private constructor(
    private readonly c: DecodingContext,
    private readonly checkpoint: Checkpoint,
    private readonly runner: StepRunner,
    private readonly activations: ActivationCache,
    private readonly budget: number,
    private readonly isBusy: () => boolean,
    private readonly adapted: Adapted | null,
  ) {
    this.comparison =
      adapted &&
      new Comparing({ c, activations, adapted, replay: () => this.replay(), edits: () => this.edits, isBusy })
  }

  /**
   * Starts keeping activations; positions run before have none, so the text is read again before the first answer.
   * @param writes was the model writing when the glass was asked for?
   */
  static async create(
    c: DecodingContext,
    checkpoint: Checkpoint,
    options: GlassOptions,
    { writes, isBusy }: { writes: boolean; isBusy: () => boolean },
    adapted: Adapted | null = null,
  ): Promise<LiveGlass> {
    if (writes) {
      throw new EngineError('BUSY', 'Cannot begin to look inside while the model is writing. Stop it first.')
    }
    const inspection = c.model.runtime.inspection()
    return inspection.during(async () => {
      const runner = new StepRunner(inspection)
      const budget = options.budget ?? DEFAULT_BUDGET
      const activations = await ActivationCache.create(runner, budget)
      await c.model.runtime.keepRows?.(SAMPLE_LOG_BYTES)
      c.startSampleLog()
      const glass = new LiveGlass(c, checkpoint, runner, activations, budget, isBusy, adapted)
      c.forget()
      return glass
    })
  }

  /** One call at a time: they share read-back memory. */
  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const watched = (): Promise<T> => this.inside.during(work)
    const run = this.queue.then(watched, watched)
    this.queue = run.catch(() => undefined)
    return run
  }

  /** A question about the run: what it is about is read first. */
  private exclusive<T>(work: () => Promise<T>, watch?: Watch): Promise<T> {
    return this.inTurn(async () => {
      refuseLead(this.c.model.runtime.lead)
      await this.catchUp(watch)
      return work()
    })
  }

  /** A question with arguments: checked when its turn comes, against what is then in the cache. */
  private about<M extends keyof Glass, T>(
    question: M,
    given: Parameters<Glass[M]>,
    work: (...checked: Parameters<Glass[M]>) => Promise<T>,
  ): Promise<T> {
    return this.exclusive(async () => work(...checkQuestion(question, given, this.shape)))
  }

  private get shape(): RunShape {
    const { layers, H, D, V } = this.inside.plan.dims
    return {
      layers,
      heads: H,
      hidden: D,
      vocab: V,
      kept: this.activations.kept(this.length),
      length: this.length,
      ...(sourceLayers(this.inside.plan) > 0 && {
        side: {
          layers: sourceLayers(this.inside.plan),
          length: this.c.source.length,
          kept: this.activations.kept(this.c.source.length),
        },
      }),
      whole: this.isWhole,
      sideOf: (site) => sideOf(this.inside.plan, site),
      weight: (tensor) => listWeights(this.inside).find((w) => w.tensor === tensor) ?? null,
    }
  }

  /** Reads what is still unread. Stopped half way, the next call goes on from there.
   *  @param yields ends when an answer begins, which reads the text itself */
  private catchUp(watch?: Watch, yields = true): Promise<void> {
    const read = async (): Promise<void> => {
      for await (const far of this.c.readAgain()) {
        if (yields && this.isBusy()) {
          throw new EngineError(
            'BUSY',
            'Cannot read the text again: the model has begun to write. It is read with the answer.',
          )
        }
        watch?.onProgress?.(far)
        checkAborted(watch?.signal)
      }
    }
    return (this.reading = read())
  }
  private reading: Promise<void> = Promise.resolve()

  /** What must not overlap with an answer: it changes the model, or writes into the cache. Refused while one is written;
   *  an answer that is asked for meanwhile waits for it (makeWay). */
  private async alone<T>(what: string, work: () => Promise<T>): Promise<T> {
    if (this.isBusy()) throw new EngineError('BUSY', `Cannot ${what} while the model is writing. Stop it first.`)
    const run = this.inTurn(work)
    this.changing = run.then(
      () => undefined,
      () => undefined,
    )
    return run
  }
  private changing: Promise<void> = Promise.resolve()

  /** Before an answer begins: edits that were asked for are in force, and what is being read again has stopped, at its next piece.
   *  @throws EngineError ABORTED when `signal` ends the waiting; the edits go on */
  async makeWay(signal?: AbortSignal): Promise<void> {
    checkAborted(signal)
    const stopped = new Promise<void>((resolve) => signal?.addEventListener('abort', () => resolve(), { once: true }))
    await Promise.race([this.changing, stopped])
    checkAborted(signal)
    await this.reading.catch(() => undefined)
  }

  read: Glass['read'] = (...given) => this.inTurn(() => this.catchUp(...checkQuestion('read', given, this.shape)))

  private async reader(): Promise<Lens> {
    return (this.lensReader ??= await Lens.create(this.activations, this.replay))
  }
  /** Its memory is taken when something is first run again. */
  private readonly replay = (): Replay => {
    return (this.replayer ??= new Replay(this.activations))
  }
  private text(id: number): string {
    return this.c.model.tokenizer.tokenText(id)
  }
  /** Is the text read both ways, and says each position something of its own token? */
  private get isWhole(): boolean {
    return saysOwnToken(this.inside.plan)
  }
  /** The position whose logits are about the token at `position`. */
  private predicts(position: number): number {
    return this.isWhole ? position : position - 1
  }
  private get length(): number {
    return this.c.model.runtime.length
  }
  /** Positions that a layer runs over: of the source, or of the text. */
  private lengthOf(layer: number): number {
    return layer < sourceLayers(this.inside.plan) ? this.c.source.length : this.length
  }
  private get inside(): Inspection {
    return this.runner.runtime
  }

  info: Glass['info'] = () =>
    this.exclusive((): Promise<GlassInfo> => {
      const { activations, edits, budget, length } = this
      const layers = sourceLayers(this.inside.plan)
      const tokens = this.c.source.map((id) => ({
        id,
        text: this.text(id),
        special: this.c.model.tokenizer.isSpecial(id),
      }))
      const info = runInfo(this.c.model.name, activations, length, budget, edits)
      const mask = this.isWhole ? this.c.model.tokenizer.specialIds.mask : null
      const on = (this.adapted?.list() ?? []).filter(({ scale }) => scale !== 0)
      const adapters = on.map(({ name, scale }) => ({ name, scale }))
      const encoder = layers > 0 ? { layers, tokens } : null
      return Promise.resolve({ ...info, mask, encoder, ...(adapters.length > 0 && { adapters }) })
    })

  tokens(): Promise<GlassToken[]> {
    return this.exclusive(() => this.scoreAll())
  }

  /** Drops what was read of tokens that no longer stand there; returns the ids that do. */
  private forgetOtherText(): number[] {
    const ids = [...this.c.ids]
    let same = 0
    while (same < ids.length && ids[same] === this.readIds[same]) same++
    const whole = this.isWhole && (same < ids.length || same < this.readIds.length)
    for (const position of [...this.scored.keys()]) if (whole || position >= same) this.scored.delete(position)
    // a row is of the tokens before it, or of the whole text
    const kept = whole ? -1 : same
    for (const position of [...this.rows.keys()]) if (position > kept) this.rows.delete(position)
    this.readIds = ids
    return ids
  }

  private async scoreAll(): Promise<GlassToken[]> {
    const ids = this.forgetOtherText()
    const kept = this.activations.kept(this.length)
    const first = this.isWhole ? kept : kept + 1
    const missing =
      whyNoTokens(this.inside.plan) === null
        ? ids.map((_, p) => p).filter((p) => p >= first && !this.scored.has(p) && !this.c.samples?.get(p))
        : []
    if (missing.length === 0) return ids.map((id, position) => this.token(id, position))
    const stats = await (
      await this.reader()
    ).finals(
      missing.map((p) => this.predicts(p)),
      missing.map((p) => ids[p]!),
      SAMPLE_LOG_TOP,
    )
    missing.forEach((p, i) => this.scored.set(p, stats[i]!))
    return ids.map((id, position) => this.token(id, position))
  }

  private token(id: number, position: number): GlassToken {
    const { samples, answerFrom } = this.c,
      { tokenizer } = this.c.model
    const base = {
      position,
      id,
      text: this.text(id),
      bytes: [...tokenizer.tokenBytes(id)],
      special: tokenizer.isSpecial(id),
      generated: position >= answerFrom,
    }
    const entry = samples?.get(position),
      row = this.scored.get(position)
    if (entry) {
      return {
        ...base,
        logprob: entry.logprob,
        rank: entry.rank,
        entropy: entry.entropy,
        margin: margin(entry.top.map((t) => t.logprob)),
        top: entry.top.slice(0, SAMPLE_LOG_TOP).map((t) => ({ ...t, text: this.text(t.id) })),
      }
    }
    if (!row) return { ...base, logprob: null, rank: null, entropy: null, margin: null, top: [] }
    const target = row.targets[0]!
    return {
      ...base,
      logprob: target.logit - row.lse,
      rank: target.rank,
      entropy: row.entropy,
      margin: margin(row.top.map((t) => t.logit)),
      top: row.top.map((t) => ({ id: t.id, text: this.text(t.id), logprob: t.logit - row.lse })),
    }
  }

  probe: Glass['probe'] = (...given) =>
    this.about('probe', given, (request) => {
      const { site, layer = 0 } = request
      const { plan } = this.inside
      const ofLayer = isWord(site) && !wholeSites.includes(site)
      const source = ofLayer ? layer < sourceLayers(plan) : sideOf(plan, site) === 'source'
      const length = source ? this.c.source.length : this.length
      return probeSite(this.activations, this.replay, request, length, async (position) =>
        (await this.reader()).row(position),
      )
    })

  attention: Glass['attention'] = (...given) =>
    this.about('attention', given, (request) => {
      const { layer, branch = 'attn' } = request
      requireAttention(this.inside.plan, layer, branch)
      return attentionTile(this.activations, request)
    })
  valueNorms: Glass['valueNorms'] = (...given) =>
    this.about('valueNorms', given, (layer) => {
      requireAttention(this.inside.plan, layer, 'attn')
      return valueNorms(this.runner, layer, this.lengthOf(layer), this.edits)
    })
  thumbnails: Glass['thumbnails'] = (...given) =>
    this.about('thumbnails', given, (size, layer) => {
      requireAttention(this.inside.plan, layer, 'attn')
      return thumbnails(this.activations, layer, size, this.lengthOf(layer))
    })
  headStats: Glass['headStats'] = () =>
    this.exclusive(() => headStats(this.activations, [...this.c.ids], this.c.source))
  lens: Glass['lens'] = (...given) =>
    this.about('lens', given, async (request) => (await this.reader()).cells(request, (id) => this.text(id)))

  contributions: Glass['contributions'] = (...given) =>
    this.about('contributions', given, async (position, target) => {
      return (await this.reader()).contributions(position, target)
    })

  direction: Glass['direction'] = (...given) =>
    this.about('direction', given, async (target) => (await this.reader()).direction(target))

  /** The logits that predicted `position`: kept from the run, or read out of the activation cache. */
  private async logits(position: number): Promise<Float32Array> {
    const own = this.c.samples?.get(position)?.logits
    const kept = own instanceof Float32Array ? own : await own?.read()
    if (kept) return kept
    this.forgetOtherText()
    const row = this.rows.get(position) ?? (await (await this.reader()).row(this.predicts(position))).logits
    this.rows.delete(position)
    this.rows.set(position, row)
    for (const oldest of this.rows.keys()) if (this.rows.size > KEPT_ROWS) this.rows.delete(oldest)
    return row
  }

  sampling: Glass['sampling'] = (...given) =>
    this.about('sampling', given, async (position, params, candidates): Promise<SamplingView> => {
      const entry = this.c.samples?.get(position),
        form = this.c.formAt(position)
      const trace = traceSampling(await this.logits(position), params, this.c.ids.slice(0, position), {
        top: candidates,
        form,
      })
      return {
        ...trace,
        position,
        draw: entry?.draw ?? null,
        chosen: this.c.ids[position] ?? entry?.id ?? null,
        ...(form && { form }),
        rows: trace.rows.map((row) => ({ ...row, text: this.text(row.id) })),
      }
    })

  draws: Glass['draws'] = (...given) =>
    this.about('draws', given, async (position, params, count, seed) => {
      const { counts, uniforms } = drawMany(
        await this.logits(position),
        { ...params, seed },
        this.c.ids.slice(0, position),
        count,
        this.c.formAt(position),
      )
      return { counts: counts.map((row) => ({ ...row, text: this.text(row.id) })), uniforms }
    })

  attentionError: Glass['attentionError'] = (...given) =>
    this.about('attentionError', given, (layer, position, branch = 'attn') => {
      requireAttention(this.inside.plan, layer, branch)
      return attentionError(this.activations, this.replay, this.edits, layer, position, branch)
    })

  cosines: Glass['cosines'] = (...given) =>
    this.about('cosines', given, (id, tokens) => embeddingCosines(this.runner, id, tokens))
  weights: Glass['weights'] = () => Promise.resolve(listWeights(this.inside))
  weightTile: Glass['weightTile'] = (...given) =>
    this.about('weightTile', given, (tensor, row, col, rows, cols) =>
      weightTile(this.runner, this.checkpoint, tensor, row, col, rows, cols),
    )

  plan: Glass['plan'] = () => Promise.resolve(planInfo(this.inside, this.c.model.planText))

  timings: Glass['timings'] = () =>
    this.alone('time the steps', async () => {
      refuseLead(this.c.model.runtime.lead)
      await this.catchUp(undefined, false)
      return measureSteps(this.inside)
    })

  /**
   * Stopped half way, the edits before are in force again, and the text is read again under them when it is next asked
   * about.
   */
  setEdits: Glass['setEdits'] = (...given) =>
    this.alone('change the model', async (): Promise<EditOutcome> => {
      refuseLead(this.c.model.runtime.lead)
      const [edits, watch] = checkQuestion('setEdits', given, this.shape)
      const old = this.edits
      await this.putInForce(edits)
      try {
        await this.catchUp(watch, false)
        return { edits: this.edits, tokens: await this.scoreAll() }
      } catch (error) {
        if (error instanceof EngineError && error.code === 'ABORTED') await this.putInForce(old)
        throw error
      }
    })

  adapterNorms: Glass['adapterNorms'] = () => Promise.resolve(this.adapted?.norms() ?? [])

  /** The last text as the adapters are set and with some off; whoever wants to write waits until it is as it was. */
  private comparing<M extends Compares, T>(
    question: M,
    given: Parameters<Glass[M]>,
    work: (by: Comparing, ...checked: Parameters<Glass[M]>) => Promise<T>,
  ): Promise<T> {
    return this.alone('compare runs', async () => {
      const by = this.comparison
      const checked = checkQuestion(question, given, { ...this.shape, ...by?.shape })
      if (!by) return refuseAbsent('unadapted')
      await this.catchUp()
      return work(by, ...checked)
    })
  }
  private readonly comparison: Comparing | null

  adapterChange: Glass['adapterChange'] = (...given) =>
    this.comparing('adapterChange', given, (by, request) => by.change(request))
  adapterLens: Glass['adapterLens'] = (...given) =>
    this.comparing('adapterLens', given, (by, request) => by.lens(request))
  adapterAttention: Glass['adapterAttention'] = (...given) =>
    this.comparing('adapterAttention', given, (by, request) => by.attention(request))

  get isEdited(): boolean {
    return this.edits.length > 0
  }
  /** Makes an adapter stronger or weaker, in its turn among the questions. */
  changeAdapter(change: () => Promise<void>): Promise<void> {
    return this.inTurn(async () => {
      await change()
      this.weightsChanged()
    })
  }
  /** What was read of the model, or computed with it, may be otherwise now. */
  weightsChanged(): void {
    this.lensReader = null // it has read the last norm's gain
    this.scored.clear()
    this.rows.clear()
  }

  private async putInForce(edits: readonly Edit[]): Promise<void> {
    const own = await editHooks(this.runner, edits)
    // an edit acts before the activation cache keeps what it changed
    const after = new Map(own.after)
    for (const [step, list] of this.activations.hooks.after) after.set(step, [...(after.get(step) ?? []), ...list])
    this.inside.setHooks({ after, instead: own.instead })
    this.inside.shift(shiftOf(edits))
    this.edits = [...edits]
    this.c.modelChanged(edits.length > 0)
    this.scored.clear()
    this.rows.clear()
  }
}
