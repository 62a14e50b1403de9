// Measuring in Node: embedded models from public/models, by name, one loaded at a time. For tests and scripts.

import { loadEngine, type Engine, type LoadOptions } from '../../engine/index.ts'
import { diskModel } from '../../engine/testing/disk.ts'
import type { Host, Model } from '../measure/host.ts'

/** An engine as the language asks it. */
export const modelOf = (engine: Engine): Model => ({
  info: engine.info,
  tokenize: (input) => Promise.resolve(engine.tokenize(input)),
  cut: (text) => Promise.resolve(engine.lab().explain(text).tokens),
  pieces: (ids) => Promise.resolve(ids.map((id) => engine.lab().vocabulary(`#${id}`, 0, 1).rows[0]!)),
  generate: (input, options) => engine.generate(input, options),
  read: (text) => engine.read(text),
  glass: () => engine.glass(),
})

export interface NodeHost extends Host {
  dispose(): void
}

/** @param folder where the models' folders are */
export function nodeHost(options: LoadOptions, folder = 'public/models'): NodeHost {
  let now: { name: string; engine: Engine; model: Model } | null = null
  return {
    async use(name, adapters) {
      if (Object.keys(adapters).length > 0) throw new Error('No embedded adapters are known here yet.')
      if (now?.name !== name) {
        now?.engine.dispose()
        now = null
        const engine = await loadEngine(diskModel(`${folder}/${name}`), { context: 512, selfCheck: false, ...options })
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
