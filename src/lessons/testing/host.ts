// Measuring in Node: embedded models from public/models and public/lessons, by name, each loaded once; and tokenizers that
// stand alone. For tests and scripts.

import { existsSync, readFileSync } from 'node:fs'
import {
  loadEngine,
  openTokenizerLab,
  planModel,
  type Engine,
  type LoadOptions,
  type TokenizerLab,
} from '../../engine/index.ts'
import { openRecording } from '../../engine/glass/recording.ts'
import { diskModel } from '../../engine/testing/disk.ts'
import { doneInNode } from './panels.ts'
import { tokenizerAlone, type Host, type Model } from '../measure/host.ts'

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

/** @param folder where `models` and `lessons` are, with a folder for each model */
export function nodeHost(options: LoadOptions, folder = 'public'): NodeHost {
  const loaded = new Map<string, { on: readonly string[]; scales: string; engine: Engine; model: Model }>()
  const tokenizers = new Map<string, Model>()
  let asked: Engine | null = null
  const host: NodeHost = {
    live: () => false,
    panels: (deeds) => doneInNode(deeds, () => host.use('storyteller', {}), `${folder}/lessons/traces`),
    recorded: (trace) => openRecording(new Blob([readFileSync(`${folder}/lessons/traces/${trace}.glasstrace`)])),
    async use(name, adapters) {
      const at = ['models', 'lessons'].map((one) => `${folder}/${one}/${name}`).find((one) => existsSync(one))
      if (!at) throw new Error(`There is no embedded model "${name}".`)
      if (!existsSync(`${at}/config.json`)) {
        let known = tokenizers.get(name)
        if (!known) {
          const json: unknown = JSON.parse(readFileSync(`${at}/tokenizer.json`, 'utf8'))
          known = tokenizerAlone(name, cutting(await openTokenizerLab(json)))
          tokenizers.set(name, known)
        }
        return known
      }
      // one that was put on stays, at 0 where it is not asked for: that is the model without it, bit for bit
      let now = loaded.get(name)
      const on = [...new Set([...(now?.on ?? []), ...Object.keys(adapters)])].sort()
      if (now?.on.join() !== on.join()) {
        now?.engine.dispose()
        loaded.delete(name)
        now = undefined
      }
      if (!now) {
        const source = diskModel(at)
        // some read short texts only
        const context = Math.min(512, (await planModel(source)).info.contextLimit)
        const known = on.map((one) => ({ name: one, files: diskModel(`${folder}/lessons/${one}`).files, scale: 0 }))
        const engine = await loadEngine(source, { context, selfCheck: false, ...options, adapters: known })
        now = { on, scales: '', engine, model: modelOf(engine) }
        loaded.set(name, now)
      }
      if (asked !== now.engine) {
        // a model that was put away for another comes back without edits, as one that is loaded anew
        if (asked && [...loaded.values()].some(({ engine }) => engine === asked)) {
          await (await asked.glass()).setEdits([])
        }
        asked = now.engine
      }
      const scales = JSON.stringify(on.map((one) => adapters[one] ?? 0))
      if (now.scales !== scales) {
        for (const one of on) await now.engine.setAdapter(one, adapters[one] ?? 0)
        now.scales = scales
        now.model = modelOf(now.engine) // what was read was read otherwise
      }
      return now.model
    },
    dispose() {
      for (const { engine } of loaded.values()) engine.dispose()
      loaded.clear()
      asked = null
    },
  }
  return host
}
