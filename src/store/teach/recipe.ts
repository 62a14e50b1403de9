// A recipe behind an address: the pairs, the settings and the seed, so that whoever opens it can teach the same. It is read field by
// field, and nothing of it is used before a click.

import { EngineError } from '../../engine/errors.ts'
import { packValue, unpackValue } from '../share/link.ts'
import { fields, loose } from '../stored.ts'
import { settingReaders, type Draft } from './draft.ts'

export interface Recipe extends Pick<Draft, 'rows' | 'keeps' | 'steps' | 'lr' | 'rank' | 'seed' | 'heldOut' | 'name'> {
  /** what it was made for */
  model: string
}

const version = 1
const mark = '#/teach?recipe='

/** The hash of its address; null where it is too long for one: then a file is the way. */
export async function recipeHash(recipe: Recipe): Promise<string | null> {
  const { rows, ...rest } = recipe
  const data = await packValue({
    v: version,
    ...rest,
    rows: rows.map(({ prompt, completion }) => [prompt, completion]),
  })
  return data === null ? null : mark + data
}

/** The packed text in an address, null when it holds none. */
export const recipeIn = (hash: string): string | null => (hash.startsWith(mark) ? hash.slice(mark.length) : null)

const invalid = (facts: Record<string, string>): EngineError =>
  new EngineError(
    'LINK_INVALID',
    'Cannot open this link: it holds no recipe that this page can read. Nothing was changed.',
    facts,
  )

/** @throws EngineError LINK_INVALID */
export async function readRecipe(data: string): Promise<Recipe> {
  const given = loose(await unpackValue(data))
  if (!given) throw invalid({ reason: 'content', field: 'recipe' })
  const { v, rows, ...rest } = given
  if (v !== version) throw invalid({ reason: 'version', found: String(v), need: String(version) })
  const pairs = Array.isArray(rows)
    ? rows.map((row: unknown) =>
        Array.isArray(row) && row.length === 2 ? { prompt: row[0], completion: row[1] } : null,
      )
    : rows
  const bad: string[] = []
  const found = fields<Recipe>({ ...rest, rows: pairs }, '', bad, { ...settingReaders, model: readModel })
  const missing = ['rows', 'keeps', 'steps', 'lr', 'rank', 'seed', 'heldOut', 'name', 'model'].find(
    (key) => !(key in found),
  )
  const field = bad[0] ?? missing
  if (field !== undefined) throw invalid({ reason: 'content', field })
  return found as Recipe
}
const readModel = (value: unknown): string | undefined =>
  typeof value === 'string' && value.length <= 1000 ? value : undefined
