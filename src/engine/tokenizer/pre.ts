// Which pre-tokenizer a GGUF's byte-level BPE was made for: how text is cut before merging.
//
// Files made before May 2024 do not say (no `tokenizer.ggml.pre`), and llama.cpp then takes
// "default", which gives most of them other ids. The vocabulary can prove it: the tokens that
// training made never change, whatever a fine-tune adds behind them, so a vocabulary that is the
// published one token by token was cut as published. Anything less is no proof (GPT-4's 100,256
// tokens are cut one way in DBRX and another in StableLM-2), and then the caller must say so.
// The hashes come from tools/tokenizer/fingerprints.py.

import { Sha256 } from '../sha256.ts'
import { clip, unsupported } from './check.ts'
import { ggufPre } from './patterns.ts'
import { plainly } from '../shown.ts'

export interface PreChoice {
  /** a key of ggufPre */
  name: string
  /** the file says so, its vocabulary proves it, or nothing does */
  how: 'named' | 'proven' | 'assumed'
}

/** Tokens [from, to) of a published vocabulary and the SHA-256 of their texts, each followed by a line feed. */
export interface KnownVocabulary {
  pre: string
  from: number
  to: number
  first: string
  last: string
  sha256: string
}

export const knownVocabularies: readonly KnownVocabulary[] = [
  // GPT-2 and whatever kept its vocabulary: Phi-1, Phi-2, DialoGPT, OPT …
  {
    pre: 'gpt-2',
    from: 0,
    to: 50256,
    first: '!',
    last: 'Ġgazed',
    sha256: 'acfe98314817f4375b03eb63ecfa42ad67adc19f77199e612d3551a9350697ac',
  },
  // Llama 3, 3.1, 3.2, 3.3
  {
    pre: 'llama-bpe',
    from: 0,
    to: 128000,
    first: '!',
    last: 'éĶ¦',
    sha256: 'b32b6443d79806ebfcf21bbdd351934126d664d8df5f8de5d6a0f4949dd1e419',
  },
  // Qwen 1 to 3
  {
    pre: 'qwen2',
    from: 0,
    to: 151643,
    first: '!',
    last: 'â½Ĺ',
    sha256: '479c920073825cc49357a884b9b26adcfd96155beb2ea068666c6d991065859f',
  },
  // SmolLM, SmolLM2
  {
    pre: 'smollm',
    from: 17,
    to: 49152,
    first: '!',
    last: 'ectable',
    sha256: 'dbe1b09d8bdb451c041a7c56b3198d51885142c56ac697f36cebb705f049ad68',
  },
  // DeepSeek V3, R1
  {
    pre: 'deepseek-v3',
    from: 3,
    to: 128000,
    first: '!',
    last: 'å±ĭæªĲ',
    sha256: 'a93c9831316436e541cf4dbc40f066970c126cb8c1c5f514d8188d5b3692e400',
  },
  // gpt-oss, Phi-4-mini
  {
    pre: 'gpt-4o',
    from: 0,
    to: 199998,
    first: '!',
    last: 'Ġcocos',
    sha256: '9b649a1c8f3d146fd58a23c4a6bc73896f58a850a42e6b711861ad20e41356bc',
  },
  // Mistral Nemo and later
  {
    pre: 'tekken',
    from: 1000,
    to: 131072,
    first: 'Ā',
    last: 'åĲİæ±īä¹¦',
    sha256: '905363ce21eaa12aade080eab1668732631e4726d0c1843427d0b528d679ea4c',
  },
]

/**
 * The pre-tokenizer of a GGUF; null when its tokenizer needs none (SentencePiece, or the file brings the original
 * tokenizer.json).
 * @throws EngineError TOKENIZER_UNSUPPORTED when the file names one that is not in the table
 */
export function choosePre(metadata: ReadonlyMap<string, unknown>, known = knownVocabularies): PreChoice | null {
  if (
    metadata.get('tokenizer.ggml.model') !== 'gpt2' ||
    typeof metadata.get('tokenizer.huggingface.json') === 'string'
  ) {
    return null
  }
  const named = metadata.get('tokenizer.ggml.pre')
  if (named !== undefined && named !== '') {
    if (typeof named === 'string' && ggufPre.has(named)) return { name: named, how: 'named' }
    throw unsupported(`the GGUF pre-tokenizer "${clip(plainly(named))}"`)
  }
  const tokens = metadata.get('tokenizer.ggml.tokens')
  const proven = Array.isArray(tokens) ? known.find((vocabulary) => isVocabulary(tokens, vocabulary)) : undefined
  return proven ? { name: proven.pre, how: 'proven' } : { name: 'default', how: 'assumed' }
}

function isVocabulary(tokens: readonly unknown[], { from, to, first, last, sha256 }: KnownVocabulary): boolean {
  if (tokens.length < to || tokens[from] !== first || tokens[to - 1] !== last) return false
  const hash = new Sha256()
  const utf8 = new TextEncoder()
  // a few thousand at a time: one text of all would be megabytes
  for (let at = from; at < to; at += 4096) {
    hash.update(
      utf8.encode(
        tokens
          .slice(at, Math.min(at + 4096, to))
          .map((token) => `${plainly(token, Infinity)}\n`)
          .join(''),
      ),
    )
  }
  return hash.hex() === sha256
}
