// A loaded model, as whoever asks it sees it: one piece of work at a time, the device that it lies on, and what is loaded
// when it is first wanted (the glass, measuring).

import type { Bench } from './bench/types.ts'
import { DecodingContext } from './context.ts'
import type { TextPooling } from './embedding.ts'
import { EngineError } from './errors.ts'
import type { LiveGlass } from './glass/live.ts'
import type { Glass } from './glass/types.ts'
import { openModel, planText, type OpenedModel } from './load.ts'
import type { Plan } from './model/plan.ts'
import { checkGenerate, checkPromptOptions, checkRead, checkSetAdapter } from './options.ts'
import { openEarly, startBeside } from './start.ts'
import type { RowScan } from './scan.ts'
import type { TrainRow } from './train/data.ts'
import type { TrainingRow } from './train/engine.ts'
import type { TrainEvent, TrainOptions } from './train/events.ts'
import type { TokenizerLab } from './tokenizer/lab/open.ts'
import type {
  AdapterInfo,
  GenerateEvent,
  GenerateOptions,
  LoadOptions,
  ModelInfo,
  ModelNotice,
  ModelSource,
  Prompt,
  PromptOptions,
  Reading,
  ReadOptions,
} from './types.ts'

/**
 * How a text becomes a vector. What its files do not say is as sentence-transformers takes it: the mean, of as many
 * tokens as the tokenizer and the model's positions allow. A GGUF's text is never cut, as llama.cpp does not.
 */
async function poolingOf(
  { checkpoint: { files, config, format }, info }: OpenedModel,
  longest: number,
  signal?: AbortSignal,
): Promise<TextPooling> {
  const { meanOfTokens, openPooling } = await import('./speak.ts')
  const pooling = (await openPooling(files, config, signal)) ?? meanOfTokens
  return format === 'gguf'
    ? pooling
    : { ...pooling, maxTokens: pooling.maxTokens ?? Math.min(longest, info.maxContext) }
}

export interface Engine {
  readonly info: ModelInfo
  readonly plan: Plan
  readonly planText: string
  /** Yields one 'prompt' event, one 'token' per generated token, one 'done', for each of `n` answers. One call at a time.
   *  What is not set in `options` is as the model's own files say (info.defaults), else as in sampler/params.ts. */
  generate(input: Prompt, options?: GenerateOptions): AsyncGenerator<GenerateEvent>
  /**
   * What an encoder says of a text: tokens for its blanks, labels, a vector; info.does says which of these.
   * @throws TASK_UNSUPPORTED, CONTEXT_FULL, PARAM_INVALID, BUSY
   */
  read(text: string, options?: ReadOptions): Promise<Reading>
  /**
   * Dot products of stored int8 rows with a question, where the model lies: whole numbers, the same ones on every device. The
   * same array of codes is moved there once.
   * @param codes (rows, dims) @param question (dims) @returns (rows); null where the processor computes: it has no kernel for it
   * @throws PARAM_INVALID, GPU_OUT_OF_MEMORY, GPU_LOST
   */
  scan(codes: Int8Array, question: Int8Array): Promise<Int32Array | null>
  /** what generate() would read. @param options `format`, `tools` and the others that shape a prompt count */
  tokenize(input: Prompt, options?: PromptOptions): { ids: number[]; texts: string[] }
  /** the model's tokenizer, step by step */
  lab(): TokenizerLab
  /**
   * Starts keeping what a look inside needs and answers questions about the run; the same Glass every time.
   */
  glass(options?: { budget?: number }): Promise<Glass>
  /**
   * Measures kernels, memory and what a token has to move; one thing at a time, and no answer meanwhile.
   * @throws BUSY while the model writes or reads
   */
  bench(): Promise<Bench>
  /**
   * How strong an adapter is from now on: 1 as it was trained, 0 off. The text is read again by whoever asks next.
   * @returns the adapters as they are then
   * @throws PARAM_INVALID, BUSY while the model writes or reads
   */
  setAdapter(name: string, scale: number): Promise<readonly AdapterInfo[]>
  /**
   * Teaches an adapter that is on: its matrices learn in place, the model's own stay; or, where `adapter` is null, all of the
   * model itself. Between two events the model can be asked, as it is by then; what is kept of the text is forgotten.
   * @throws PARAM_INVALID, TRAIN_UNSUPPORTED, BUSY, GPU_OUT_OF_MEMORY
   */
  train(options: TrainOptions): AsyncGenerator<TrainEvent>
  /**
   * A row as train() would learn it: its tokens, and which of them the model is to say.
   * @param index what the row is called in errors
   * @throws PARAM_INVALID
   */
  trainingRow(row: TrainRow, index?: number): Promise<TrainingRow>
  /**
   * A LoRA as it is now, as the files of a PEFT folder: adapter_config.json as it was loaded, its matrices as they are.
   * @throws PARAM_INVALID where it is no adapter of two matrices per module, BUSY
   */
  saveAdapter(name: string): Promise<Record<string, Uint8Array>>
  /**
   * The model as it is now, as the files of a checkpoint: its weights in 32-bit floats, all else as it was loaded.
   * @throws PARAM_INVALID where its files are no safetensors or its weights no 32-bit floats, BUSY
   */
  saveModel(): Promise<Record<string, Uint8Array>>
  /** resolves when the GPU is gone for a reason that is not dispose() */
  readonly lost: Promise<EngineError>
  dispose(): void
}

/** loadEngine of index.ts. */
export async function openEngine(source: ModelSource, options: LoadOptions): Promise<Engine> {
  const report = (phase: 'open' | 'plan' | 'ready'): void => options.onProgress?.({ phase, loaded: 0, total: 0 })
  if (options.kernels !== undefined) (await import('./kernel-choice.ts')).wantedVariants(options.kernels)
  report('open')
  const early: ModelNotice[] = []
  let tell = (notice: ModelNotice): void => void early.push(notice)
  const opening = openEarly(options)
  const speaking = import('./speak.ts')
  speaking.catch(() => undefined) // told to who waits for it
  const begin = async () => {
    const model = await openModel(source, options)
    report('plan')
    const asked = { ...options, onNotice: (notice: ModelNotice) => tell(notice) }
    const [loaded, { speak, text, pooling }] = await startBeside(model, asked, opening, async () => {
      const speak = await speaking
      const text = await speak.openText(model.checkpoint, source.name)
      const embeds = model.info.does.includes('embed')
      return { speak, text, pooling: embeds ? await poolingOf(model, text.longest, options.signal) : null }
    })
    return { ...loaded, speak, text, pooling }
  }
  const { model, speak, text, pooling, runtime, device, info, choice } = await begin().catch((error: unknown) => {
    opening?.drop()
    throw error
  })
  const context = new DecodingContext({
    name: source.name,
    runtime,
    tokenizer: text.tokenizer,
    template: text.template,
    toolTemplate: text.toolTemplate,
    format: text.format,
    roleIds: text.roleIds,
    specials: text.specials,
    stopIds: text.stopIds,
    defaults: info.defaults,
    planText: planText(model),
  })
  let glass: Promise<LiveGlass> | null = null
  let rowScan: Promise<RowScan> | null = null
  let busy = false
  /** between two events of a training: what it computes with stays as it is */
  let isTaught = false
  let adapters: readonly AdapterInfo[] = model.info.adapters
  let disposed = false

  async function saving<T>(what: string, work: (save: typeof import('./train/save.ts')) => Promise<T>): Promise<T> {
    if (busy) throw new EngineError('BUSY', `Cannot save ${what}: the model is still busy. Stop it first.`)
    busy = true
    try {
      return await work(await import('./train/save.ts'))
    } catch (error) {
      throw await cause(error)
    } finally {
      busy = false
    }
  }
  const cause = async (error: unknown): Promise<unknown> => (device ? await device.presence.cause(error) : error)
  const dispose = (): void => {
    disposed = true
    void choice?.stop()
    runtime.dispose()
    device?.dispose()
  }

  report('ready')
  tell = (notice) => options.onNotice?.(notice)

  return {
    info: {
      ...info,
      /** as strong as they are now */
      get adapters() {
        return [...adapters]
      },
      mask: text.tokenizer.specialIds.mask === null ? null : text.tokenizer.tokenText(text.tokenizer.specialIds.mask),
      hasChatTemplate: text.template !== null,
      format: text.template === null ? (text.format?.format.name ?? null) : null,
      chats: info.does.includes('generate') && (text.template !== null || text.format !== null),
      tools: info.does.includes('generate') && speak.takesTools(text),
      notices: [...info.notices, ...speak.vocabularyNotices(text, info.vocab), ...early],
    },
    plan: model.plan,
    planText: context.model.planText,
    async *generate(input, generateOptions = {}) {
      if (busy) throw new EngineError('BUSY', 'Cannot start an answer: the model is still writing one. Stop it first.')
      busy = true
      try {
        await choice?.stop()
        const { n, signal } = checkGenerate(generateOptions, context.model.defaults)
        await (await glass?.catch(() => null))?.makeWay(signal)
        yield* (n > 1 ? speak.generateMany : speak.generate)(context, input, generateOptions)
      } catch (error) {
        throw await cause(error)
      } finally {
        busy = false
        // what a look inside has kept is left alone
        choice?.soon(() => !busy && !glass && !disposed)
      }
    },
    async read(input, readOptions) {
      if (busy) throw new EngineError('BUSY', 'Cannot read a text: the model is still busy. Stop it first.')
      busy = true
      try {
        await choice?.stop()
        await (
          await glass?.catch(() => null)
        )?.makeWay(checkRead(input, readOptions === undefined ? {} : readOptions).signal)
        return await speak.readText(context, input, readOptions, pooling)
      } catch (error) {
        throw await cause(error)
      } finally {
        busy = false
      }
    },
    async scan(codes, question) {
      if (!device) return null
      rowScan ??= import('./scan.ts').then(({ RowScan }) => new RowScan(runtime.inspection()))
      return (await rowScan).dots(codes, question)
    },
    tokenize(input, options = {}) {
      const { ids } = speak.encodePrompt(context.model, input, 'tokenize', checkPromptOptions('tokenize', options))
      return { ids, texts: ids.map((id) => text.tokenizer.tokenText(id)) }
    },
    lab: text.lab,
    glass(options) {
      if (glass) return glass
      const writes = busy // an answer that begins from now on waits for the glass
      glass = (choice?.stop() ?? Promise.resolve())
        .then(async () => {
          const { Adapted, LiveGlass } = await import('./glass/live.ts')
          const adapted = model.adapters && new Adapted(model.plan, model.adapters, model.changes, () => adapters)
          return LiveGlass.create(context, model.checkpoint, options ?? {}, { writes, isBusy: () => busy }, adapted)
        })
        .catch(async (error: unknown) => {
          glass = null
          throw await cause(error)
        })
      return glass
    },
    async bench() {
      const { createBench } = await import('./bench/bench.ts')
      const made = createBench(runtime, () => context.forget(), device)
      /** One piece of work at a time: the model's buffers are written over. */
      const alone = async <T>(work: () => Promise<T>): Promise<T> => {
        if (busy) throw new EngineError('BUSY', 'Cannot measure: the model is still busy. Stop it first.')
        busy = true
        try {
          await choice?.stop()
          await (await glass?.catch(() => null))?.makeWay(undefined)
          return await work()
        } catch (error) {
          throw await cause(error)
        } finally {
          busy = false
        }
      }
      return {
        traffic: made.traffic,
        compiled: made.compiled,
        choices: () => Promise.resolve(choice?.uses() ?? []),
        tune: () =>
          alone(async () => {
            await choice?.tune()
            context.forget() // what is kept of the text is of the kernels before
            return choice?.uses() ?? []
          }),
        bandwidth: () => alone(made.bandwidth),
        kernels: (rows, length) => alone(() => made.kernels(rows, length)),
      }
    },
    async setAdapter(name, given) {
      const scale = checkSetAdapter(
        name,
        given,
        model.info.adapters.map((one) => one.name),
      )
      if (busy || isTaught) {
        throw new EngineError('BUSY', 'Cannot change an adapter: the model is still busy. Stop it first.')
      }
      busy = true
      try {
        await choice?.stop()
        const looking = await glass?.catch(() => null)
        const change = async (): Promise<void> => {
          const vectors = await model.adapters!.setScale(name, scale, looking?.isEdited)
          runtime.setAdapters(model.adapters!.off, vectors)
          if (runtime.lead !== model.adapters!.lead) runtime.setLead(model.adapters!.lead)
          context.adapterChanged()
        }
        await (looking ? looking.changeAdapter(change) : change())
        adapters = adapters.map((one) => (one.name === name ? { ...one, scale } : one))
        return adapters
      } catch (error) {
        throw await cause(error)
      } finally {
        busy = false
      }
    },
    async *train(trainOptions) {
      if (busy || isTaught) throw new EngineError('BUSY', 'Cannot train: the model is still busy. Stop it first.')
      isTaught = true
      let isOurs = (busy = true)
      let looked: LiveGlass | null | undefined
      const alone = async (): Promise<void> => {
        await choice?.stop()
        looked = await glass?.catch(() => null)
        // not with its signal: a run that is stopped still says so, and gives its state
        await looked?.makeWay(undefined)
      }
      try {
        await alone()
        const { trainEngine } = await import('./train/engine.ts')
        const off = model.adapters?.off ?? new Set<string>()
        for await (const event of trainEngine(
          { context, checkpoint: model.checkpoint, info, off, adapters },
          trainOptions,
        )) {
          // between two events the model may be asked, as it is by now; what it then does is waited for
          context.adapterChanged()
          looked?.weightsChanged()
          isOurs = busy = false
          yield event
          while (busy) await new Promise((resolve) => setTimeout(resolve, 10))
          isOurs = busy = true
          await alone()
        }
      } catch (error) {
        throw await cause(error)
      } finally {
        context.adapterChanged()
        looked?.weightsChanged()
        isTaught = false
        if (isOurs) busy = false
      }
    },
    async trainingRow(row, index = 0) {
      const { trainingRow } = await import('./train/engine.ts')
      return trainingRow(context, row, index, Math.min(256, info.maxContext))
    },
    saveAdapter(name) {
      const source = options.adapters?.find((one) => one.name === name)
      return saving('an adapter', (save) => save.saveAdapter(runtime, name, source?.files ?? new Map()))
    },
    saveModel: () => saving('the model', (save) => save.saveModel(runtime, model.checkpoint, adapters.length)),
    lost: new Promise((resolve) => {
      void device?.lost.then((error) => {
        if (!disposed) resolve(error)
      })
    }),
    dispose,
  }
}
