// embeddings.create: texts in, the vectors that a sentence model gives for them out.

import { EngineError } from '../engine/errors.ts'
import type { Reading } from '../engine/types.ts'
import type { Api } from './models.ts'
import { inOurWords, readBody, refuse, type Fates } from './params.ts'
import type { LoadedModel } from './shelf.ts'
import type { EmbeddingRequest, EmbeddingResponse, RequestOptions } from './types.ts'

export interface Embeddings {
  create(request: EmbeddingRequest, options?: RequestOptions): Promise<EmbeddingResponse>
}

const fates: Fates = { model: 'own', input: 'own', encoding_format: 'own', dimensions: 'own', user: 'label' }

/** Texts of one request, as at OpenAI. */
const mostTexts = 2048

function textsOf(input: unknown): string[] {
  const list = typeof input === 'string' ? [input] : input
  const need = `a text, or a list of 1 to ${mostTexts} texts`
  if (!Array.isArray(list) || list.length === 0 || list.length > mostTexts) return refuse('input', need, input)
  const bad = list.findIndex((text) => typeof text !== 'string')
  return bad < 0 ? (list as string[]) : refuse(`input[${bad}]`, 'a text: token ids are not read here', list[bad])
}

export const embeddings = (api: Api): Embeddings => ({
  async create(given, { signal } = {}) {
    const body = readBody(given, fates)
    const model = api.loaded(body['model'])
    const { encoding_format: format = 'float', dimensions } = body
    if (format !== 'float' && format !== 'base64') return refuse('encoding_format', '"float" or "base64"', format)
    const texts = textsOf(body['input'])
    if (!model.info.does.includes('embed')) {
      throw new EngineError('TASK_UNSUPPORTED', `Cannot give a vector: "${model.id}" is no model of sentences.`, {
        asked: 'embed',
      })
    }
    const data: EmbeddingResponse['data'] = []
    let tokens = 0
    for (const [index, text] of texts.entries()) {
      const { vector, ids, leftOut } = await readOne(model, text, signal ?? undefined)
      if (leftOut > 0) {
        throw new EngineError(
          'CONTEXT_FULL',
          `Cannot give a vector of input[${index}]: it is ${ids.length + leftOut} tokens and the model was trained to read ${ids.length}. Shorten it, or cut it into several.`,
          { count: ids.length + leftOut, context: ids.length, length: 0 },
        )
      }
      if (dimensions !== undefined && dimensions !== vector!.length) {
        refuse(
          'dimensions',
          `left out, or ${vector!.length}: this model’s vectors have that many, and none is cut`,
          dimensions,
        )
      }
      tokens += ids.length
      // as OpenAI's types have it, which know of numbers only
      const embedding = format === 'float' ? [...vector!] : (base64(vector!) as unknown as number[])
      data.push({ object: 'embedding', index, embedding })
    }
    return { object: 'list', model: model.id, data, usage: { prompt_tokens: tokens, total_tokens: tokens } }
  },
})

async function readOne(model: LoadedModel, text: string, signal: AbortSignal | undefined): Promise<Reading> {
  try {
    return await model.queue.run(() => model.read(text, signal), signal)
  } catch (error) {
    throw signal?.aborted ? signal.reason : inOurWords(error)
  }
}

/** 32-bit floats, little end first, whatever machine this is. */
function base64(vector: Float32Array): string {
  const view = new DataView(new ArrayBuffer(vector.length * 4))
  vector.forEach((value, i) => view.setFloat32(i * 4, value, true))
  return btoa(Array.from(new Uint8Array(view.buffer), (byte) => String.fromCharCode(byte)).join(''))
}
