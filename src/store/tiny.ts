// The small models that lie beside the page, one of each kind, and those of the lessons: what models/index.json and
// lessons/index.json of the build say of them. None of their files is fetched, or kept for offline, before somebody asks
// for that model.

import type { ModelOrigin } from '../worker/protocol.ts'
import type { CatalogEntry } from './catalog.ts'

type Words = Record<'en' | 'zh', string>
/** Where they lie: those that everybody is offered, and those that lessons load. */
export type TinyPlace = 'models' | 'lessons'

/** One folder of public/models/ or public/lessons/ with an about.json, as the build lists it (vite.config.ts). */
export interface TinyModel {
  id: string
  /** of an adapter: the model that it is for */
  on?: string
  title: string
  licence: string
  about: Words
  /** texts to try it with, by language */
  tries: Record<'en' | 'zh', string[]>
  files: { name: string; size: number; sha256: string }[]
}

/** @param base the page's base URL, e.g. "/" */
export const tinyEntry = (
  base: string,
  { id, title, licence, about, tries, files }: TinyModel,
  place: TinyPlace = 'models',
): CatalogEntry => ({
  id,
  key: 'tiny',
  title,
  licence,
  bytes: files.reduce((sum, { size }) => sum + size, 0),
  approximate: false,
  parameters: '',
  version: files.find(({ name }) => name === 'model.safetensors')?.sha256.slice(0, 16),
  origin: { kind: 'served', base: `${base}${place}/${id}/`, files } satisfies ModelOrigin,
  gated: false,
  group: 'local',
  words: { about, tries },
})

/** What lies there, adapters and tokenizers alone among it; [] where the page was put without its list. */
export async function tinyModels(base: string, place: TinyPlace): Promise<TinyModel[]> {
  try {
    const answer = await fetch(`${base}${place}/index.json`)
    return ((await answer.json()) as { models: TinyModel[] }).models
  } catch {
    return []
  }
}

export const tinyCatalog = async (base: string): Promise<CatalogEntry[]> =>
  (await tinyModels(base, 'models')).map((model) => tinyEntry(base, model))

/** What the loaded model's own description says to try; undefined where it has none. */
export const triesOf = (
  { catalog, active }: { catalog: readonly CatalogEntry[]; active: { id: string } | null },
  lang: 'en' | 'zh',
): string[] | undefined => catalog.find(({ id }) => id === active?.id)?.words?.tries[lang]
