// The lens panel is right: its top row is the model's own output, its cells can be recomputed from the residuals and
// the weights, the pushes add up to the logit; and it can be used by pointer, keyboard and as a game.

import type { Page } from '@playwright/test'
import { accessibility, ask, expect, filesOf, hooks, openReady, test } from './harness.ts'

interface Drawn {
  layer: number
  position: number
  id: number
  p: number
}
const panel = (page: Page) => page.getByTestId('lens-panel')
const ready = (page: Page) => expect(panel(page)).toHaveAttribute('data-ready', 'true', { timeout: 90_000 })
/** Cells as they stand in the page. */
const drawn = (page: Page): Promise<Drawn[]> =>
  page
    .getByTestId('lens-grid')
    .locator('[data-state=read]')
    .evaluateAll((cells) =>
      cells.map((cell) => {
        const { layer, position, id, p } = (cell as HTMLElement).dataset
        return { layer: Number(layer), position: Number(position), id: Number(id), p: Number(p) }
      }),
    )

async function openLens(page: Page): Promise<void> {
  await openReady(page)
  await ask(page, 'Tell me a story about Lily.')
  await hooks.nav(page, 'lens').click()
  await ready(page)
}

test('every drawn number is the model’s @gpu', async ({ page }) => {
  test.setTimeout(300_000)
  await openLens(page)
  const cells = await drawn(page)
  const last = Math.max(...cells.map((c) => c.layer))
  const top = cells.filter((c) => c.layer === last)
  expect(top.length).toBeGreaterThan(3)

  // the top row is the logits' first choice and its probability
  const positions = [top[0]!, top[Math.floor(top.length / 2)]!, top.at(-1)!].map((c) => c.position)
  const own = await page.evaluate(
    async (list) =>
      Promise.all(
        list.map(async (position) => {
          const { values } = await globalThis.glassbox.client.glass.probe({ site: 'logits', position })
          const id = values.indexOf(Math.max(...values))
          return { position, id, p: 1 / values.reduce((sum, v) => sum + Math.exp(v - values[id]!), 0) }
        }),
      ),
    positions,
  )
  for (const { position, id, p } of own) {
    const cell = top.find((c) => c.position === position)!
    expect(cell.id).toBe(id)
    expect(Math.abs(cell.p - p)).toBeLessThan(1e-4)
  }
  await expect(page.getByTestId('lens-check')).toHaveAttribute('data-good', 'true')
  expect(Number(await page.getByTestId('lens-check').getAttribute('data-compared'))).toBeGreaterThan(0)
  expect(Number(await page.getByTestId('lens-check').getAttribute('data-off'))).toBeLessThan(5e-3)

  // cells anywhere: residual -> norm -> head, by hand, with weights read tile by tile
  const picked = cells.filter((_, i) => i % 11 === 3).slice(0, 8)
  const recomputed = await page.evaluate(
    async ({ picked, last }) => {
      const { glass } = globalThis.glassbox.client
      const { hidden: D } = await glass.info()
      const eps = (await glass.plan()).steps.find((s) => s.name === 'final_norm')!.params['eps']!
      const weights = await glass.weights()
      const head =
        weights.find((w) => /lm_head|^output\.weight/.test(w.tensor)) ??
        weights.find((w) => w.cols === D && /embed/.test(w.tensor))!
      const normed = (x: Float32Array) => {
        const scale = 1 / Math.sqrt(x.reduce((s, v) => s + v * v, 0) / D + eps)
        return x.map((v) => v * scale)
      }
      // the gain is what turns the last residual's normed form into the final norm
      const gain = new Float32Array(D),
        sure = new Float32Array(D)
      for (const { position } of picked) {
        const x = normed((await glass.probe({ site: 'resid_post', layer: last, position })).values),
          y = (await glass.probe({ site: 'final_norm', position })).values
        x.forEach((v, i) => {
          if (Math.abs(v) > sure[i]!) {
            sure[i] = Math.abs(v)
            gain[i] = y[i]! / v
          }
        })
      }
      const rows = Math.floor(2 ** 16 / D),
        table: Float32Array[] = []
      for (let row = 0; row < head.rows; row += rows) {
        table.push((await glass.weightTile(head.tensor, row, 0, rows, D)).values)
      }
      const logprobs = async (layer: number, position: number): Promise<number[]> => {
        const x = normed(
          (await glass.probe(layer < 0 ? { site: 'embed', position } : { site: 'resid_post', layer, position })).values,
        ).map((v, i) => v * gain[i]!)
        const logits = table.flatMap((part) =>
          Array.from({ length: part.length / D }, (_, r) => {
            let sum = 0
            for (let i = 0; i < D; i++) sum += part[r * D + i]! * x[i]!
            return sum
          }),
        )
        const best = Math.max(...logits),
          lse = best + Math.log(logits.reduce((sum, v) => sum + Math.exp(v - best), 0))
        return logits.map((v) => v - lse)
      }
      const out = []
      for (const { layer, position } of picked) {
        const own = await logprobs(layer, position),
          final = await logprobs(last, position),
          best = Math.max(...own)
        out.push({
          layer,
          position,
          id: own.indexOf(best),
          p: Math.exp(best),
          entropy: own.reduce((sum, v) => sum - Math.exp(v) * v, 0),
          kl: final.reduce((sum, v, i) => sum + Math.exp(v) * (v - own[i]!), 0),
        })
      }
      return out
    },
    { picked, last },
  )
  expect(recomputed.length).toBeGreaterThan(4)
  const { cells: told } = (await filesOf(page, 'lens-figure')).json as {
    cells: { layer: number; position: number; entropy: number; kl: number }[]
  }
  recomputed.forEach((truth, i) => {
    const cell = told.find((c) => c.layer === truth.layer && c.position === truth.position)!
    expect(Math.abs(cell.entropy - truth.entropy), 'entropy').toBeLessThan(5e-3)
    expect(Math.abs(cell.kl - truth.kl), 'KL').toBeLessThan(2e-2)
    expect(picked[i]!.id, `layer ${truth.layer}, position ${truth.position}`).toBe(truth.id)
    expect(Math.abs(picked[i]!.p - truth.p)).toBeLessThan(2e-3)
  })

  // pushes add up to the logit the model gave
  const sum = page.getByTestId('lens-sum')
  await expect(sum).toBeVisible({ timeout: 60_000 })
  const { logit, sum: added } = await sum.evaluate((element) => ({
    logit: Number((element as HTMLElement).dataset['logit']),
    sum: Number((element as HTMLElement).dataset['sum']),
  }))
  expect(Math.abs(logit - added)).toBeLessThan(2e-3)
  const at = Number(await panel(page).getAttribute('data-position'))
  const said = top.find((c) => c.position === at)!
  const own_ = await page.evaluate(
    async ({ position, id }) =>
      (await globalThis.glassbox.client.glass.probe({ site: 'logits', position })).values[id]!,
    said,
  )
  expect(Math.abs(logit - own_)).toBeLessThan(5e-3)

  // what a branch alone says is the engine's answer, and no row of it claims to be the output
  await page.getByTestId('lens-part').getByRole('radio').nth(2).check()
  await ready(page)
  await expect(page.getByTestId('lens-check')).toHaveCount(0)
  const parts = (await drawn(page)).slice(2, 5)
  const truth = await page.evaluate(
    async (list) =>
      Promise.all(
        list.map(
          async ({ layer, position }) =>
            (
              await globalThis.glassbox.client.glass.lens({
                positions: [position],
                layers: [layer],
                part: 'mlp',
                topK: 1,
              })
            )[0]!.top[0]!,
        ),
      ),
    parts,
  )
  parts.forEach((cell, i) => {
    expect(cell.id).toBe(truth[i]!.id)
    expect(Math.abs(cell.p - Math.exp(truth[i]!.logprob))).toBeLessThan(1e-5)
  })
})

const cellAt = (page: Page, layer: number, position: number) =>
  page.getByTestId('lens-grid').locator(`[data-layer="${layer}"][data-position="${position}"]`)
test('hover previews, click and Enter select for every panel, and the game keeps its secret; every figure leaves the page as picture, drawing, numbers and array; every colour and target is the engine’s', async ({
  page,
}) => {
  test.setTimeout(240_000)
  await openLens(page)
  const grid = page.getByTestId('lens-grid')
  const detail = page.getByTestId('lens-detail').locator('table')
  const some = (await drawn(page)).filter((c) => c.layer === 1)[2]!
  const cell = grid.locator(`[data-layer="${some.layer}"][data-position="${some.position}"]`)
  await cell.hover()
  await expect(detail).toHaveAttribute('data-position', String(some.position))
  await expect(detail.locator('tbody tr').first()).toHaveAttribute('data-id', String(some.id))
  expect(await detail.locator('tbody tr').count()).toBe(10)
  await cell.click()
  const address = new URLSearchParams(new URL(page.url()).hash.split('?')[1])
  expect([address.get('p'), address.get('l')]).toEqual([String(some.position), '1'])

  await grid.focus()
  await page.keyboard.press('ArrowUp')
  await page.keyboard.press('ArrowLeft')
  await expect(detail).toHaveAttribute('data-layer', '2')
  await page.keyboard.press('Enter')
  await expect(panel(page)).toHaveAttribute('data-layer', '2')
  await expect(panel(page)).toHaveAttribute('data-position', String(some.position - 1))

  await test.step('every figure leaves the page as picture, drawing, numbers and array; every colour and target is the engine’s', async () => {
    const cells = await drawn(page)
    for (const figure of ['lens-figure', 'lens-detail', 'lens-curves', 'lens-heads']) {
      await expect(page.getByTestId(figure)).toBeVisible({ timeout: 60_000 })
      const { png, svg, json, npy } = await filesOf(page, figure)
      expect([...png.subarray(0, 4)], figure).toEqual([0x89, 0x50, 0x4e, 0x47])
      expect(svg, figure).toMatch(/^<svg [^]*<text[^]*<\/svg>\s*$/)
      expect(json, figure).toHaveProperty('model')
      expect(npy.values.length, figure).toBe(npy.shape.reduce((a, b) => a * b, 1))
      if (figure === 'lens-detail') {
        const first = page.getByTestId('lens-detail').locator('tbody tr').first()
        expect(npy.values[0]).toBe(Number(await first.getAttribute('data-id')))
        expect(npy.values[1]).toBeCloseTo(Number(await first.getAttribute('data-p')), 9)
      }
      if (figure === 'lens-figure') {
        // every p on screen is in the array
        const all = new Set(npy.values.filter((_, i) => i % 3 === 0).map((v) => v.toFixed(5)))
        for (const cell of cells.filter((_, i) => i % 7 === 0)) expect(all).toContain(cell.p.toFixed(5))
      }
    }
    // a token followed from the vocabulary: its rank in a cell is its place among all logits of that cell
    await page.getByTestId('lens-pick').locator('input').fill('garden')
    const pick = page.getByTestId('lens-pick').locator('[data-id]').first()
    const id = Number(await pick.getAttribute('data-id'))
    await pick.click()
    await ready(page)
    await page.getByTestId('lens-colour').getByRole('radio').nth(3).check()
    const at = Number(await panel(page).getAttribute('data-position')),
      last = Math.max(...cells.map((c) => c.layer))
    await cellAt(page, last, at).click()
    // the two are computed by different kernels: values closer to the token's than their last digits may stand on either
    // side
    const [above, close] = await page.evaluate(
      async ({ id: token, position }) => {
        const { values } = await globalThis.glassbox.client.glass.probe({ site: 'logits', position }),
          own = values[token]!
        return [values.filter((v) => v > own + 1e-4).length, values.filter((v) => Math.abs(v - own) <= 1e-4).length]
      },
      { id, position: at },
    )
    const rank = Number(
      /rank ([\d,]+)/.exec(await page.getByTestId('lens-detail').innerText())![1]!.replaceAll(',', ''),
    )
    expect(rank).toBeGreaterThan(above!)
    expect(rank).toBeLessThanOrEqual(above! + close!)
    expect(await page.evaluate(() => document.querySelectorAll('*').length), 'elements').toBeLessThan(2000)
  })
  await cellAt(page, 2, some.position - 1).click()
  await page.getByTestId('lens-game-start').click()
  const game = page.getByTestId('lens-game'),
    choices = game.locator('[data-id]')
  await expect(choices).toHaveCount(4)
  const ids = await choices.evaluateAll((buttons) => buttons.map((b) => Number((b as HTMLElement).dataset['id'])))
  expect(ids).toEqual(ids.toSorted((a, b) => a - b))
  const asked = grid.locator(`[data-layer="2"][data-position="${some.position - 1}"]`)
  await expect(asked).toHaveText('?')
  expect(await asked.getAttribute('data-id')).toBeNull()
  await choices.first().click()
  await expect(game.locator('[data-state=right]')).toHaveCount(1)
  const right = Number(await game.locator('[data-state=right]').getAttribute('data-id'))
  await expect(asked).toHaveAttribute('data-id', String(right))
  await page.getByTestId('lens-game-next').click()
  await expect(panel(page)).toHaveAttribute('data-layer', '3')
})

// ---- changing the model at a cell ----------------------------------------------

const stories = ['tower', 'kitchen'].map(
  (place) => `Sam was in the barn. Sam kept a bell. Emma was in the ${place}. Emma washed a clock.\n\nWhere was Emma?`,
) as [string, string]
const greedy = JSON.stringify({ state: { params: { temperature: 0, randomSeed: false } }, version: 1 })
const glassTokens = (page: Page) => page.evaluate(() => globalThis.glassbox.client.glass.tokens())
const residual = (page: Page, layer: number, position: number) =>
  page.evaluate(
    async (at) => [...(await globalThis.glassbox.client.glass.probe({ site: 'resid_post', ...at })).values],
    { layer, position },
  )
const effect = async (page: Page) => {
  const shown = page.getByTestId('effect')
  await expect(shown).toBeVisible({ timeout: 60_000 })
  await expect(page.getByTestId('edit-bar')).toHaveAttribute('aria-busy', 'false')
  return {
    token: Number(await shown.getAttribute('data-token')),
    before: Number(await shown.getAttribute('data-before')),
    after: Number(await shown.getAttribute('data-after')),
  }
}
const undo = async (page: Page) => {
  await page.getByTestId('undo').click()
  await expect(page.getByTestId('edit-bar')).toHaveCount(0, { timeout: 60_000 })
}
const dot = (a: readonly number[], b: readonly number[]): number => a.reduce((sum, v, i) => sum + v * b[i]!, 0)

test('a residual kept from one run answers in another; a direction is added, taken out and swapped; undo is exact', async ({
  page,
}, info) => {
  test.setTimeout(420_000)
  await page.addInitScript((text) => localStorage.setItem('glassbox.settings', text), greedy)
  await openReady(page)
  await ask(page, stories[0])
  await hooks.nav(page, 'lens').click()
  await ready(page)
  const first = await glassTokens(page)
  const said = first.findLastIndex((t) => t.generated && t.text.trim() === 'tower'),
    at = said - 1
  expect(said, 'the answer names the place').toBeGreaterThan(0)
  await cellAt(page, 2, at).click()
  const own = await residual(page, 2, at)
  await page.getByTestId('lens-keep').click()
  await expect(page.getByTestId('lens-kept')).toContainText('tower')

  // it outlives the run
  await hooks.nav(page, 'chat').click()
  await page.getByTestId('new-chat').click()
  await ask(page, stories[1])
  await hooks.nav(page, 'lens').click()
  await ready(page)
  await expect(page.getByTestId('lens-kept')).toBeVisible()
  const second = await glassTokens(page)
  expect(second[said]!.text.trim()).toBe('kitchen')
  await cellAt(page, 2, at).click()
  await page.keyboard.press('v')
  const put = await effect(page)
  expect(put.token).toBe(said)
  expect(put.before).toBeCloseTo(Math.exp(second[said]!.logprob!), 5)
  const changed = await glassTokens(page)
  expect(put.after).toBeCloseTo(Math.exp(changed[said]!.logprob!), 5)
  // what stands there now is what was kept, and the answer follows
  expect(await residual(page, 2, at)).toEqual(own)
  expect(await cellAt(page, 2, at).getAttribute('data-edited')).toBe('true')
  await ready(page)
  const name = changed[said]!.top[0]!
  expect(name.text.trim()).toBe('tower')
  expect(put.before - put.after).toBeGreaterThan(0.5)
  await expect(page.getByTestId('effect-now')).toHaveAttribute('data-id', String(first[said]!.id))
  info.annotations.push({
    type: 'measured',
    description: `kitchen ${(put.before * 100).toFixed(1)} % -> ${(put.after * 100).toFixed(3)} %, tower ${(Math.exp(name.logprob) * 100).toFixed(1)} %`,
  })
  await page.getByText('The whole answer, before and after').click()
  await page.setViewportSize({ width: 390, height: 844 })
  expect(
    await page.getByTestId('edit-bar').evaluate((element) => element.scrollWidth - element.clientWidth),
    'nothing is wider than a phone',
  ).toBe(0)
  await page.setViewportSize({ width: 1280, height: 800 })
  const row = page.getByTestId('answer-table').locator(`[data-position="${said}"]`)
  expect(Number(await row.getAttribute('data-after'))).toBeCloseTo(put.after, 6)
  expect(await accessibility(page)).toEqual([])
  // the change is in force, and said so, on other panels too
  await hooks.nav(page, 'probabilities').click()
  await expect(page.getByTestId('edit-bar')).toBeVisible()
  await hooks.nav(page, 'chat').click()
  await expect(page.getByTestId('edit-bar')).toBeVisible()
  expect(await accessibility(page), 'chat').toEqual([])
  await undo(page)
  await hooks.nav(page, 'lens').click()
  await ready(page)
  // as before; the answer's own tokens were first scored one by one while it was written
  const undone = await glassTokens(page)
  undone.forEach((t, i) =>
    expect(Math.abs((t.logprob ?? 0) - (second[i]!.logprob ?? 0)), `token ${i}`).toBeLessThan(1e-5),
  )

  // at the last token, what is told is the token to come
  const come = (position: number, id?: number) =>
    page.evaluate(
      async ({ at: p, id: wanted }) => {
        const { values } = await globalThis.glassbox.client.glass.probe({ site: 'logits', position: p })
        const best = wanted ?? values.indexOf(Math.max(...values)),
          top = values[best]!
        return { id: best, p: 1 / values.reduce((sum, v) => sum + Math.exp(v - top), 0) }
      },
      { at: position, id },
    )
  const end = second.length - 1,
    was = await come(end)
  await cellAt(page, 3, end).click()
  await page.getByTestId('lens-put').click()
  const ahead = await effect(page)
  expect(ahead.token).toBe(end + 1)
  await expect(page.getByTestId('effect')).toHaveAttribute('data-id', String(was.id))
  expect(ahead.before).toBeCloseTo(was.p, 5)
  const is = await come(end, was.id)
  if (ahead.after) expect(ahead.after).toBeCloseTo(is.p, 5)
  else expect(is.p).toBeLessThan(0.05) // no longer among the ten likeliest
  await undo(page)

  // directions, at a lower layer
  await cellAt(page, 1, at).click()
  const x = await residual(page, 1, at),
    length = Math.hypot(...x)
  const direction = (id: number) =>
    page.evaluate(async (token) => {
      const d = [...(await globalThis.glassbox.client.glass.direction(token))]
      const n = Math.hypot(...d)
      return d.map((v) => v / n)
    }, id)
  const kitchen = await direction(second[said]!.id)
  await page.getByTestId('lens-ablate').click()
  await effect(page)
  expect(Math.abs(dot(await residual(page, 1, at), kitchen)) / length).toBeLessThan(1e-5)
  await undo(page)

  const barn = first.find((t) => t.text.trim() === 'barn')!
  await page.getByTestId('lens-other').locator('input').fill('barn')
  await page.getByTestId('lens-other').locator(`[data-id="${barn.id}"]`).click()
  await page.getByTestId('lens-swap').click()
  await effect(page)
  const to = await direction(barn.id),
    c = dot(x, kitchen),
    swapped = await residual(page, 1, at)
  expect(Math.max(...swapped.map((v, i) => Math.abs(v - (x[i]! + c * (to[i]! - kitchen[i]!))))) / length).toBeLessThan(
    1e-5,
  )
  await undo(page)

  await page.getByTestId('lens-pick').locator('input').fill('barn')
  await page.getByTestId('lens-pick').locator(`[data-id="${barn.id}"]`).click()
  await expect(page.getByTestId('lens-steer')).toContainText('of ␣barn')
  await page.getByTestId('lens-strength').fill('1')
  await page.getByTestId('lens-add').click()
  const added = await effect(page)
  const along = dot(
    (await residual(page, 1, at)).map((v, i) => v - x[i]!),
    await direction(barn.id),
  )
  expect(along / length).toBeCloseTo(1, 4)
  expect(added.after).toBeLessThan(added.before)
  // the slider moves the edit that it made
  await page.getByTestId('lens-strength').fill('0.25')
  await expect
    .poll(
      async () =>
        dot(
          (await residual(page, 1, at)).map((v, i) => v - x[i]!),
          await direction(barn.id),
        ) / length,
      { timeout: 30_000 },
    )
    .toBeCloseTo(0.25, 4)
  await undo(page)
  expect(await residual(page, 1, at)).toEqual(x)
  await page.setViewportSize({ width: 390, height: 844 })
  expect(
    await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth),
    'sideways',
  ).toBe(0)
  expect(await accessibility(page), 'phone').toEqual([])
})
