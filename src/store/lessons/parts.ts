// What lies beside the page for lessons alone (public/lessons): models, adapters, and tokenizers without a model.

import { EngineError } from '../../engine/errors.ts'
import type { TokenizerFacts } from '../../worker/protocol.ts'
import { getClient } from '../client.ts'
import { useModels } from '../models.ts'
import { tinyModels, type TinyModel } from '../tiny.ts'

/** Where the page lies on its server, e.g. "/". */
export const base = (): string => new URL(import.meta.env.BASE_URL, location.href).pathname

let list: Promise<TinyModel[]> | null = null

/** undefined where there is none of this name, or the list cannot be had. */
export async function lessonPart(id: string): Promise<TinyModel | undefined> {
  list ??= tinyModels(base(), 'lessons')
  const all = await list
  if (all.length === 0) list = null // offline before it was kept: the next try may find it
  return all.find((one) => one.id === id)
}

/** What people call a model or a tokenizer. */
export const titleOf = async (id: string): Promise<string> =>
  useModels.getState().catalog.find((one) => one.id === id)?.title ?? (await lessonPart(id))?.title ?? id

const isTokenizer = ({ files }: TinyModel): boolean =>
  files.some(({ name }) => name === 'tokenizer.json') && files.every(({ name }) => name !== 'config.json')

/** The file of a tokenizer that stands alone; null where there is none of this name. Throws EngineError. */
export async function tokenizerFile(id: string): Promise<File | null> {
  const part = await lessonPart(id)
  if (!part || !isTokenizer(part)) return null
  const url = `${base()}lessons/${id}/tokenizer.json`
  const answer = await fetch(url).catch(() => null)
  if (!answer?.ok) throw new EngineError('NETWORK', `Could not fetch ${url}.`, { url })
  return new File([await answer.blob()], `${part.title}.json`)
}

/** A recorded run of a model that is not part of the page. Throws EngineError. */
export const traceFile = (name: string): Promise<Blob> => recordedFile(`${name}.glasstrace`)
/** A recorded run of an agent. Throws EngineError. */
export const agentFile = (name: string): Promise<Blob> => recordedFile(`${name}.agent.json`)

async function recordedFile(name: string): Promise<Blob> {
  const url = `${base()}lessons/traces/${name}`
  const answer = await fetch(url).catch(() => null)
  if (!answer?.ok) throw new EngineError('NETWORK', `Could not fetch ${url}.`, { url })
  return answer.blob()
}

/** Opens a tokenizer that stands alone, to be asked as 'lesson'; null where there is none of this name. */
export async function openTokenizer(id: string): Promise<TokenizerFacts | null> {
  const file = await tokenizerFile(id)
  return file && getClient().tokenizer.open(file, 'lesson')
}
