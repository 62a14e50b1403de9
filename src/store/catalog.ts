// The models the page offers. Descriptions are i18n keys (`catalog.<key>`); sizes marked approximate until the real
// listing is known.

import type { ModelListing, ModelOrigin } from '../worker/protocol.ts'

/** Features of WebGPU that kernels here make use of; none is needed. */
export const deviceFeatures = ['shader-f16', 'subgroups'] as const
export type DeviceFeature = (typeof deviceFeatures)[number]

export interface CatalogEntry {
  /** the id the model will have in the store */
  id: string
  /** i18n key of the description: `catalog.<key>` */
  key: string
  title: string
  licence: string
  /** download size in bytes, null when unknown */
  bytes: number | null
  /** bytes is a rounded memory, not a listing */
  approximate: boolean
  parameters: string
  origin: ModelOrigin
  /** the owner wants a login: download the files by hand and import them */
  gated: boolean
  group: 'embedded' | 'local' | 'hub'
  /** of a model that comes with the page: which build of it lies beside it */
  version?: string
  /** what it is, in the words of a list that the reader added (own-catalog.ts) */
  about?: string
  /** tokens that it was made for, bytes of memory that it takes, how its weights are kept: as that list says */
  context?: number
  memory?: number
  quant?: string
  /** features of a graphics device that it is meant for */
  features?: readonly DeviceFeature[]
  /** what it is and what to try, where its own folder says so */
  words?: { about: Record<'en' | 'zh', string>; tries: Record<'en' | 'zh', string[]> }
}

const hub = (
  key: string,
  repo: string,
  licence: string,
  parameters: string,
  bytes: number,
  gated = false,
): CatalogEntry => ({
  id: `hf:${repo}`,
  key,
  title: repo.slice(repo.indexOf('/') + 1),
  licence,
  bytes,
  approximate: true,
  parameters,
  origin: { kind: 'hub', repo },
  gated,
  group: 'hub',
})

/**
 * Written in by the build (vite.config.ts): the embedded model's files as they lie beside the page. Absent in unit
 * tests.
 */
declare const __EMBEDDED__: { name: string; size: number; sha256: string }[]
const names = ['config.json', 'generation_config.json', 'tokenizer.json', 'tokenizer_config.json', 'model.safetensors']
const embedded: { name: string; size?: number; sha256?: string }[] =
  typeof __EMBEDDED__ === 'undefined' ? names.map((name) => ({ name })) : __EMBEDDED__
const known = embedded.every(({ size }) => size !== undefined)

/** @param base the page's base URL, e.g. "/" */
export const builtinCatalog = (base: string): CatalogEntry[] => [
  {
    id: 'storyteller',
    key: 'storyteller',
    title: 'Storyteller',
    licence: 'Apache-2.0',
    parameters: '',
    bytes: known ? embedded.reduce((sum, { size }) => sum + size!, 0) : null,
    approximate: !known,
    version: embedded.find(({ name }) => name === 'model.safetensors')?.sha256?.slice(0, 16),
    origin: { kind: 'served', base: `${base}models/storyteller/`, files: embedded },
    gated: false,
    group: 'embedded',
  },
  hub('smollm2-135m', 'HuggingFaceTB/SmolLM2-135M-Instruct', 'Apache-2.0', '135 M', 271e6),
  hub('qwen2.5-0.5b', 'Qwen/Qwen2.5-0.5B-Instruct', 'Apache-2.0', '494 M', 999e6),
  hub('qwen3-0.6b', 'Qwen/Qwen3-0.6B', 'Apache-2.0', '596 M', 1519e6),
  hub('tinyllama-1.1b', 'TinyLlama/TinyLlama-1.1B-Chat-v1.0', 'Apache-2.0', '1.1 B', 2202e6),
  hub('llama-3.2-1b', 'meta-llama/Llama-3.2-1B-Instruct', 'Llama 3.2 Community', '1.24 B', 2489e6, true),
]

/** A model served beside the page (models/local/). */
export const localEntry = ({ id, name, licence, bytes, origin }: ModelListing): CatalogEntry => ({
  id,
  key: 'local',
  title: name,
  licence: licence ?? '',
  bytes,
  approximate: false,
  parameters: '',
  origin,
  gated: false,
  group: 'local',
})
