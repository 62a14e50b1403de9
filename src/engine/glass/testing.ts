// For tests: the embedded storyteller on any machine, with a text already run, and its Glass.

import { readdirSync, readFileSync } from 'node:fs'
import { bytesSource, type ByteSource } from '../formats/bytes.ts'
import { DecodingContext } from '../context.ts'
import { openModel, placeModel, planText, type OpenedModel } from '../load.ts'
import type { LoadOptions } from '../types.ts'
import type { Runtime } from '../runtime/runtime.ts'
import type { Where } from '../testing/machines.ts'
import { loadTokenizer, type Tokenizer } from '../tokenizer/load.ts'
import { Adapted } from './adapted.ts'
import { LiveGlass } from './live.ts'

const folder = new URL('../../../public/models/storyteller/', import.meta.url)
const json = (name: string): unknown => JSON.parse(readFileSync(new URL(name, folder), 'utf8'))

export interface StorytellerGlass {
  glass: LiveGlass
  session: Runtime
  model: OpenedModel
  ids: number[]
  context: DecodingContext
}

/** @param max tokens of the text to run */
export async function storytellerGlass(where: Where, text: string, max: number): Promise<StorytellerGlass> {
  const files = new Map(
    readdirSync(folder).map((name) => [name, bytesSource(name, readFileSync(new URL(name, folder)))]),
  )
  const tokenizer = loadTokenizer(json('tokenizer.json'), json('tokenizer_config.json'))
  const ids = tokenizer.encode(text).slice(0, max)
  const options = { ...where, context: 96, chunk: 64, selfCheck: false }
  const model = await openModel({ name: 'storyteller', files }, options)
  const session = (await placeModel(model, options)).runtime
  const context = new DecodingContext({
    name: 'storyteller',
    runtime: session,
    tokenizer,
    template: null,
    stopIds: new Set(),
    planText: planText(model),
  })
  context.begin(ids, ids.length)
  for await (const _ of context.read(ids, 'none')) continue
  return {
    glass: await LiveGlass.create(context, model.checkpoint, {}, { writes: false, isBusy: () => false }),
    session,
    model,
    ids,
    context,
  }
}

/** A text; of an encoder–decoder with what its encoder reads, of a model that is read whole perhaps with its segments. */
export type RunText =
  | readonly number[]
  | { ids: readonly number[]; source?: readonly number[]; segments?: readonly number[] }

/**
 * A model of any folder, on the plain references unless told otherwise, this text run, and its Glass. It has no
 * tokenizer: texts are numbers.
 * @param source of an encoder–decoder: what the encoder reads
 */
export async function runOf(
  name: string,
  files: ReadonlyMap<string, ByteSource>,
  text: RunText,
  where: Where & Pick<LoadOptions, 'adapters'> = { device: 'reference' },
  source: readonly number[] = [],
  isBusy: () => boolean = () => false,
): Promise<{ glass: LiveGlass; runtime: Runtime }> {
  const options = { ...where, context: 30, chunk: 30, selfCheck: false, linear: 'keep', embedding: 'keep' } as const
  const model = await openModel({ name, files }, options)
  const { runtime } = await placeModel(model, options)
  const tokenizer = {
    tokenText: String,
    tokenBytes: () => new Uint8Array(),
    isSpecial: () => false,
    specialIds: { mask: null },
  } as unknown as Tokenizer
  const context = new DecodingContext({
    name,
    runtime,
    tokenizer,
    template: null,
    stopIds: new Set(),
    planText: planText(model),
  })
  const { ids, segments, source: given = source } = 'ids' in text ? text : { ids: text }
  if (segments) await context.readWhole(ids, segments)
  else {
    context.begin(ids, ids.length, given)
    for await (const _ of context.read(ids, 'none')) continue
  }
  const adapted = model.adapters && new Adapted(model.plan, model.adapters, model.changes, () => model.info.adapters)
  return { glass: await LiveGlass.create(context, model.checkpoint, {}, { writes: false, isBusy }, adapted), runtime }
}

export const glassOf = async (...given: Parameters<typeof runOf>): Promise<LiveGlass> => (await runOf(...given)).glass
