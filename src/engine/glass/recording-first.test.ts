// What is told of a first recording's steps by their names is what the Plan itself says of them, family by family.

import { expect, test } from 'vitest'
import { folderFiles } from '../formats/testing.ts'
import { firstSites } from './recording-first.ts'
import { glassOf } from './testing.ts'

test.each(['llama', 'llama_bias_tied', 'mistral_swa', 'qwen2', 'qwen3', 'gguf_q4_0'])('%s', async (name) => {
  const glass = await glassOf(name, folderFiles(`fixtures/golden/${name}`), [1, 2])
  const { steps, sites, blocks } = await glass.plan()
  const first = firstSites(steps, await glass.info())
  // recordings of the first version know nothing of the sums of attention
  const known = (site: string): boolean => !site.endsWith('.lse')
  expect(first.blocks).toEqual(blocks.map((block) => ({ ...block, sites: block.sites.filter(known) })))
  expect(Object.keys(first.sites)).toEqual(Object.keys(sites).filter(known))
  for (const [site, place] of Object.entries(first.sites)) {
    // where no question asks for it, nobody asks for its layer; what a site is computed from was not kept
    const { layer } = place.site === null ? place : sites[site]!
    expect(place, site).toEqual({ ...sites[site], layer, from: [] })
  }
})
