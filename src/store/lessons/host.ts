// The page's model as lessons measure it (src/lessons/measure): the same calls as an engine in Node, over the worker.

import { EngineError } from '../../engine/errors.ts'
import { tokenizerAlone, type Host as Whole, type Model } from '../../lessons/measure/host.ts'
import type { ModelInfo } from '../../worker/protocol.ts'
import { getClient } from '../client.ts'
import type { Glass } from '../inspect.ts'
import { useModels } from '../models.ts'
import { strengthsFor } from './adapters.ts'
import { liveId, loadFor } from './load.ts'
import { openTokenizer, traceFile } from './parts.ts'

const cutting = (which: 'loaded' | 'lesson'): Pick<Model, 'cut' | 'decode' | 'unknown' | 'pieces'> => {
  const { tokenizer } = getClient()
  return {
    cut: async (text) => (await tokenizer.explain(which, text)).tokens,
    decode: (ids) => tokenizer.decode(which, ids),
    unknown: async () => (await tokenizer.facts(which)).unk,
    pieces: async (ids) => {
      const pages = await Promise.all(ids.map((id) => tokenizer.vocabulary(which, '', id, 1)))
      return pages.flatMap(({ rows }) => rows)
    },
  }
}
/** No reader waits for these: they are asked in the middle of a measurement. */
function modelOf(info: ModelInfo): Model {
  const client = getClient()
  return {
    ...cutting('loaded'),
    info: { ...info, parts: info.parts ?? [] },
    tokenize: (input) => client.tokenize(input),
    generate: (input, options) => client.generate(input, options),
    read: (text) => client.read(text),
    glass: () => Promise.resolve(client.glass),
  }
}

async function recorded(trace: string): Promise<Glass> {
  const { openRecording } = await import('../../worker/recording.ts')
  return openRecording(await traceFile(trace))
}

/** What stands on panels is asked by who plays the lesson: panels lead to lessons already. */
export type Host = Omit<Whole, 'panels'>

/** Strengths by the adapters' ids. */
type Strengths = ReadonlyMap<string, number>
const scalesOf = ({ adapters }: ModelInfo): Strengths => new Map(adapters.map(({ name, scale }) => [name, scale]))

/**
 * Runs `work` with a host over the page's model; afterwards the model and the adapters of before are there again.
 * @param main the model that the lesson stands on
 */
export async function withHost<T>(main: string, work: (host: Host) => Promise<T>): Promise<T> {
  const before = useModels.getState().active
  const scales = before?.info ? scalesOf(before.info) : null
  let now: { key: string; model: Model } | null = null
  // the store is not told of strengths that are over with the measurement: how the engine stands is known here alone
  let standing: { info: ModelInfo; scales: Strengths } | null = null
  const setScales = async (info: ModelInfo, wanted: Strengths): Promise<void> => {
    const at = standing?.info === info ? standing.scales : scalesOf(info)
    const scales = new Map(at)
    standing = { info, scales }
    for (const [id, scale] of at) {
      const next = wanted.get(id) ?? 0
      if (next === scale) continue
      await getClient().adapters.setScale(id, next)
      scales.set(id, next)
    }
  }
  const use = async (name: string, adapters: Readonly<Record<string, number>>): Promise<Model> => {
    const key = JSON.stringify([name, adapters])
    if (now?.key === key) return now.model
    now = null
    const problem = await loadFor(liveId(name) ?? name, Object.keys(adapters))
    if (problem === 'absent' && (await openTokenizer(name))) {
      now = { key, model: tokenizerAlone(name, cutting('lesson')) }
      return now.model
    }
    const info = useModels.getState().active?.info
    if (problem === 'absent' || (!problem && !info)) {
      throw new EngineError('FILE_MISSING', `The lesson needs the model "${name}", which is not there.`, {
        model: name,
        reason: 'absent',
      })
    }
    if (problem) throw new EngineError(problem.code, problem.message, problem.facts)
    await setScales(info!, strengthsFor(info!, adapters))
    now = { key, model: modelOf(info!) }
    return now.model
  }
  try {
    return await work({ use, recorded, live: (name) => liveId(name) !== null })
  } finally {
    await loadFor(main)
    const info = useModels.getState().active?.info
    if (info && scales) await setScales(info, scales) // one that was put on meanwhile is off
  }
}
