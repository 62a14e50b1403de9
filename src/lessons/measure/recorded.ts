// Recorded runs in place of a model that is not loaded: one text that was read and written on, and what was kept of it. The
// same questions are asked of it; what it does not hold is refused in words.

import { EngineError } from '../../engine/errors.ts'
import type { Glass, GlassToken } from '../../engine/glass/types.ts'
import { invalid } from '../problem.ts'
import type { PromptSpec } from '../types.ts'
import type { Read, Written } from './asks.ts'
import { plainSampling, type Model } from './host.ts'

export interface Recorded {
  /** of the model that ran */
  readonly name: string
  readonly glass: Glass
  readonly model: Model
}
/** candidates behind the text that a recording names */
const CANDIDATES = 120

/** A recorded run as a model: it has read one text, and nothing else can be asked of it. */
export async function recordedModel(glass: Glass): Promise<Recorded> {
  const { model: name, layers, heads, kvHeads, headDim, hidden, vocab } = await glass.info()
  let names: Map<number, string> | null = null
  const absent = (): never => {
    throw new EngineError(
      'PARAM_INVALID',
      `The recorded run of "${name}" does not hold this. Load the model to see it.`,
      { param: 'recording', value: name },
    )
  }
  const model: Model = {
    info: {
      ...{ does: [], parts: [], mask: null, layers, heads, kvHeads, headDim, hidden, vocab },
      get context() {
        return absent()
      },
      get parameters() {
        return absent()
      },
      get bytes() {
        return absent()
      },
    },
    ...{ tokenize: absent, cut: absent, decode: absent, unknown: absent, generate: absent, read: absent },
    pieces: async (ids) => {
      names ??= await namesIn(glass)
      return ids.map((id) => {
        const text = names!.get(id) ?? `#${id}`
        return { id, text, bytes: [...new TextEncoder().encode(text)] }
      })
    },
    glass: () => Promise.resolve(glass),
  }
  return { name, glass, model }
}

/** Tokens that a recording names: those of its text, and candidates. */
async function namesIn(glass: Glass): Promise<Map<number, string>> {
  const tokens = await glass.tokens()
  const { rows } = await glass.sampling(tokens.length, plainSampling, CANDIDATES)
  return new Map([...tokens.flatMap((token) => [token, ...token.top]), ...rows].map(({ id, text }) => [id, text]))
}

/** What was read, and where the answer begins. @throws LESSON_INVALID where the text is not the prompt's */
export async function readRecorded({ name, glass }: Recorded, key: string, prompt: PromptSpec): Promise<Read> {
  const recorded = await glass.tokens()
  const begun = recorded.findIndex(({ generated }) => generated)
  const answerFrom = begun < 0 ? recorded.length : begun
  const { text, then = '' } = prompt
  if (text !== undefined && textOf(recorded.slice(0, answerFrom)) !== text + then) {
    throw invalid('place', { found: text, run: name })
  }
  return {
    key,
    prompt,
    ids: recorded.map(({ id }) => id),
    source: null,
    answerFrom,
    tokens: recorded.map(({ bytes }) => bytes),
    sourceTokens: [],
    recorded,
    predicting: answerFrom - 1,
  }
}

/** So many tokens of the answer that was recorded. */
export function writtenIn(recorded: readonly GlassToken[], most: number): Written {
  const text = textOf(recorded.filter(({ generated }) => generated).slice(0, most))
  return { text, answer: text }
}

const textOf = (tokens: readonly GlassToken[]): string =>
  new TextDecoder().decode(Uint8Array.from(tokens.flatMap(({ bytes, special }) => (special ? [] : bytes))))
