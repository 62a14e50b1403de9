// Measuring in Node: embedded models from public/models and public/lessons, by name, one loaded at a time; and tokenizers
// that stand alone. For tests and scripts.

import { existsSync, readFileSync } from 'node:fs'
import {
  loadEngine,
  planModel,
  openTokenizerLab,
  type Engine,
  type LoadOptions,
  type TokenizerLab,
} from '../../engine/index.ts'
import { diskModel } from '../../engine/testing/disk.ts'
import type { Host, Model } from '../measure/host.ts'

const cutting = (lab: TokenizerLab): Pick<Model, 'cut' | 'decode' | 'unknown' | 'pieces'> => ({
  cut: (text) => Promise.resolve(lab.explain(text).tokens),
  decode: (ids) => Promise.resolve(lab.decode(ids)),
  unknown: () => Promise.resolve(lab.facts().unk),
  pieces: (ids) => Promise.resolve(ids.map((id) => lab.vocabulary(`#${id}`, 0, 1).rows[0]!)),
})
/** An engine as the language asks it. */
export const modelOf = (engine: Engine): Model => ({
  ...cutting(engine.lab()),
  info: engine.info,
  tokenize: (input) => Promise.resolve(engine.tokenize(input)),
  generate: (input, options) => engine.generate(input, options),
  read: (text) => engine.read(text),
  glass: () => engine.glass(),
})

export interface NodeHost extends Host {
  dispose(): void
}

/** A tokenizer without a model: texts are cut and joined, nothing is computed. */
function tokenizerOf(file: string): Model {
  const absent = (): never => {
    throw new Error(`${file} is a tokenizer alone.`)
  }
  const nothing = { layers: 0, heads: 0, kvHeads: 0, headDim: 0, hidden: 0, vocab: 0, context: 0, parameters: 0 }
  return {
    ...cutting(openTokenizerLab(JSON.parse(readFileSync(file, 'utf8')))),
    info: {
      ...nothing,
      does: [],
      parts: [],
      mask: null,
      bytes: { weights: 0, cache: 0, activations: 0, total: 0, largestBinding: 0 },
    },
    tokenize: absent,
    generate: absent,
    read: absent,
    glass: absent,
  }
}

/** @param folder where `models` and `lessons` are, with a folder for each model */
export function nodeHost(options: LoadOptions, folder = 'public'): NodeHost {
  let now: { name: string; engine: Engine; model: Model } | null = null
  const tokenizers = new Map<string, Model>()
  return {
    async use(name, adapters) {
      if (Object.keys(adapters).length > 0) throw new Error('No embedded adapters are known here yet.')
      const at = ['models', 'lessons'].map((one) => `${folder}/${one}/${name}`).find((one) => existsSync(one))
      if (!at) throw new Error(`There is no embedded model "${name}".`)
      if (!existsSync(`${at}/config.json`)) {
        const known = tokenizers.get(name) ?? tokenizerOf(`${at}/tokenizer.json`)
        tokenizers.set(name, known)
        return known
      }
      if (now?.name !== name) {
        now?.engine.dispose()
        now = null
        const source = diskModel(at)
        const context = Math.min(512, (await planModel(source)).info.contextLimit)
        const engine = await loadEngine(source, { context, selfCheck: false, ...options })
        now = { name, engine, model: modelOf(engine) }
      }
      return now.model
    },
    dispose() {
      now?.engine.dispose()
      now = null
    },
  }
}
