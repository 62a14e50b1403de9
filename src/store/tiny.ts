// The small models that lie beside the page, one of each kind: what models/index.json of the build says of them. None of
// their files is fetched, or kept for offline, before somebody asks for that model.

import type { ModelOrigin } from '../worker/protocol.ts'
import type { CatalogEntry } from './catalog.ts'

type Words = Record<'en' | 'zh', string>
/** One folder of public/models/ with an about.json, as the build lists it (vite.config.ts). */
export interface TinyModel {
  id: string
  title: string
  licence: string
  about: Words
  /** texts to try it with, by language */
  tries: Record<'en' | 'zh', string[]>
  files: { name: string; size: number; sha256: string }[]
}

/** @param base the page's base URL, e.g. "/" */
export const tinyEntry = (base: string, { id, title, licence, about, tries, files }: TinyModel): CatalogEntry => ({
  id,
  key: 'tiny',
  title,
  licence,
  bytes: files.reduce((sum, { size }) => sum + size, 0),
  approximate: false,
  parameters: '',
  version: files.find(({ name }) => name === 'model.safetensors')?.sha256.slice(0, 16),
  origin: { kind: 'served', base: `${base}models/${id}/`, files } satisfies ModelOrigin,
  gated: false,
  group: 'local',
  words: { about, tries },
})

/** [] where the page was put without its list. */
export async function tinyCatalog(base: string): Promise<CatalogEntry[]> {
  try {
    const answer = await fetch(`${base}models/index.json`)
    return ((await answer.json()) as { models: TinyModel[] }).models.map((model) => tinyEntry(base, model))
  } catch {
    return []
  }
}

/** What the loaded model's own description says to try; undefined where it has none. */
export const triesOf = (
  { catalog, active }: { catalog: readonly CatalogEntry[]; active: { id: string } | null },
  lang: 'en' | 'zh',
): string[] | undefined => catalog.find(({ id }) => id === active?.id)?.words?.tries[lang]
