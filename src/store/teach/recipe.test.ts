// A recipe comes through an address as it was, in any language; what is cut, changed, too big or not a recipe is refused by name.

import { expect, test } from 'vitest'
import { packValue } from '../share/link.ts'
import { homes } from './homes.ts'
import { readRecipe, recipeHash, recipeIn, type Recipe } from './recipe.ts'

const recipe: Recipe = {
  model: 'storyteller',
  name: '朋友们',
  rows: homes(),
  keeps: false,
  steps: 40,
  lr: 0.0025,
  rank: 4,
  seed: 7,
  heldOut: 0.1,
}
const pack = async (change: object): Promise<string> => {
  const { rows, ...rest } = recipe
  const wire = { v: 1, ...rest, rows: rows.map((row) => [row.prompt, row.completion]), ...change }
  return (await packValue(wire))!
}

test('there and back', async () => {
  const hash = (await recipeHash(recipe))!
  expect(hash.length).toBeLessThan(1000)
  expect(await readRecipe(recipeIn(hash)!)).toEqual(recipe)
  expect(recipeIn('#/teach')).toBeNull()
})

test('one that is too long for an address is none', async () => {
  const rows = Array.from({ length: 2000 }, (_, i) => ({
    prompt: `${i ** 3} ${Math.sin(i)}`,
    completion: String(Math.cos(i)),
  }))
  expect(await recipeHash({ ...recipe, rows })).toBeNull()
})

test.each([
  [{ v: 2 }, { reason: 'version', found: '2' }],
  [{ lr: 1 }, { reason: 'content', field: 'lr' }],
  [{ lr: '3e-3' }, { reason: 'content', field: 'lr' }],
  [{ steps: 1e9 }, { reason: 'content', field: 'steps' }],
  [{ rows: [['a', 'b'], ['c']] }, { reason: 'content', field: 'rows[1]' }],
  [{ rows: [['a', 1]] }, { reason: 'content', field: 'rows[0]' }],
  [{ rows: 'all' }, { reason: 'content', field: 'rows' }],
  [{ rows: undefined }, { reason: 'content', field: 'rows' }],
  [{ constructor: 1 }, { reason: 'content', field: 'constructor' }],
  [{ run: {} }, { reason: 'content', field: 'run' }],
])('refuses %o', async (change, facts) => {
  await expect(pack(change).then(readRecipe)).rejects.toMatchObject({ code: 'LINK_INVALID', facts })
})

test('refuses what was cut or is nothing', async () => {
  const data = recipeIn((await recipeHash(recipe))!)!
  for (const given of [data.slice(0, -9), `${data}!`, '', 'abc', (await packValue([1]))!, (await packValue(null))!]) {
    await expect(readRecipe(given)).rejects.toMatchObject({ code: 'LINK_INVALID' })
  }
})
