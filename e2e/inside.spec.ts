// Inside: what the cards say is what the Glass answers, on the run that the chat just made; the map goes from the whole
// model down to one number; the cache can lose a token; the pass can be walked by keyboard, played and timed.

import { readFileSync } from 'node:fs'
import type { Locator, Page } from '@playwright/test'
import { accessibility, ask, expect, hooks, openReady, test } from './harness.ts'
import type { Client, GlassInfo, GlassToken, PlanStepInfo, ProbeRequest, WeightTile } from '../src/worker/protocol.ts'

declare const glassbox: { client: Client }
const story =
  'Lily found a red ball in the kitchen. Tom was at the lake. He saw a blue kite. Mia lost a golden key.\n\nWho was at the lake?'
const values = (page: Page, request: ProbeRequest): Promise<number[]> =>
  page.evaluate(async (r) => [...(await glassbox.client.glass.probe(r)).values], request)
const info = (page: Page): Promise<GlassInfo> => page.evaluate(() => glassbox.client.glass.info())
const steps = (page: Page): Promise<PlanStepInfo[]> =>
  page.evaluate(async () => (await glassbox.client.glass.plan()).steps)
const tile = (page: Page, tensor: string, row: number, col: number, rows: number, cols: number): Promise<WeightTile> =>
  page.evaluate(([name, ...at]) => glassbox.client.glass.weightTile(name, ...at), [
    tensor,
    row,
    col,
    rows,
    cols,
  ] as const)
const number = async (page: Page, id: string, name = 'value'): Promise<number> =>
  Number(await page.getByTestId(id).getAttribute(`data-${name}`))
const at = async (page: Page): Promise<number> =>
  Number(await page.getByTestId('inside-panel').getAttribute('data-position'))
const fresh = (page: Page, id: string): Promise<void> =>
  expect(page.getByTestId(`inside-${id}`)).toHaveAttribute('data-fresh', 'true')
const level = (page: Page, name: string): Promise<void> =>
  expect(page.getByTestId('map-window')).toHaveAttribute('data-level', name)
const nodes = (page: Page): Promise<number> => page.evaluate(() => document.querySelectorAll('*').length)
const part = (page: Page, name: string, layer = 0): Locator =>
  page.locator(
    `[data-testid="inside-map"] button[data-part="${name}"]${name === 'attn' || name === 'mlp' ? `[data-layer="${layer}"]` : ''}`,
  )
const length = (v: readonly number[]): number => Math.sqrt(v.reduce((sum, x) => sum + x * x, 0))

async function openInside(page: Page): Promise<void> {
  await openReady(page)
  await askInside(page, story)
}
async function askInside(page: Page, question: string): Promise<void> {
  await ask(page, question)
  await hooks.nav(page, 'inside').click()
  await expect(page.locator('[data-testid="inside-map"] [data-complete="true"]')).toBeVisible()
}

test('every card shows what the Glass answers, computed again; the pass is walked by keys, its steps are timed on demand, and the plan is there as text @gpu', async ({
  page,
}) => {
  await openInside(page)
  await test.step('every card shows what the Glass answers, computed again', async () => {
    await page.locator('[data-testid="token-strip"] [data-position="9"]').click()
    await part(page, 'attn', 1).click()
    await fresh(page, 'norm')
    const model = await info(page),
      plan = await steps(page)

    const x = await values(page, { site: 'resid_post', layer: 0, position: 9 })
    const mean = x.reduce((sum, v) => sum + v * v, 0) / model.hidden
    const eps = plan.find((s) => s.name === 'blocks.1.attn.norm')!.params['eps']!
    expect(await number(page, 'mean-square')).toBeCloseTo(mean, 6)
    expect((await number(page, 'inverse-rms')) * Math.sqrt(mean + eps)).toBeCloseTo(1, 6)
    await expect(page.getByTestId('mean-square')).toHaveText(
      mean < 1e-3 ? mean.toExponential(2).replace('-', '−') : mean.toPrecision(4),
    )

    // RoPE as drawn (angle = position × speed) is RoPE as the kernel computed it
    expect(await number(page, 'rope-off')).toBeLessThan(1e-3)
    expect(await number(page, 'weights-sum')).toBeCloseTo(1, 3)
    const probs = await values(page, { site: 'probs', layer: 1, head: 0, position: 9 })
    const best = page.locator('[data-testid="attention-row"] [data-key]').first()
    expect(Number(await best.getAttribute('data-weight'))).toBeCloseTo(Math.max(...probs), 6)
    expect(probs[Number(await best.getAttribute('data-key'))]).toBe(Math.max(...probs))

    await page.getByTestId('inside-weight').getByLabel('Column').fill('5')
    await page.getByTestId('inside-weight').getByLabel('Row', { exact: true }).fill('3')
    const tensor = await page.getByTestId('inside-weight').locator('select').inputValue()
    expect(tensor).toContain('layers.1.self_attn')
    const weights = await tile(page, tensor, 0, 0, 8, 64)
    const i = 3 * weights.tile.cols + 5
    await expect(page.getByTestId('weight-sum')).toHaveAttribute('data-value', String(weights.values[i]))
    expect(await number(page, 'weight-code')).toBe(weights.codes![i])
    const entry = await number(page, 'weight-sum', 'entry'),
      scale = await number(page, 'weight-sum', 'scale')
    expect(entry).toBe(weights.table![weights.codes![i]!])
    expect(entry * scale).toBeCloseTo(weights.values[i]!, 6)
    if (weights.nested) {
      const [map, absmax, offset] = await Promise.all(
        ['map', 'absmax', 'offset'].map((name) => number(page, 'weight-chain', name)),
      )
      expect(map! * absmax! + offset!).toBeCloseTo(await number(page, 'weight-chain', 'scale'), 6)
    }
    // the file holds these codes: there is nothing finer to compare with, and the card says so
    await expect(page.getByTestId('weight-nosource')).toBeVisible()

    await part(page, 'head').click()
    const logits = await values(page, { site: 'logits', position: 9 })
    const top = page.locator('[data-testid="inside-softmax"] tr[data-id]').first()
    const id = Number(await top.getAttribute('data-id')),
      max = Math.max(...logits)
    expect(logits[id]).toBe(max)
    expect(Number(await top.getAttribute('data-p'))).toBeCloseTo(
      1 / logits.reduce((sum, v) => sum + Math.exp(v - max), 0),
      6,
    )
  })
  await page.emulateMedia({ reducedMotion: 'no-preference' })
  await test.step('the pass is walked by keys, its steps are timed on demand, and the plan is there as text', async () => {
    const panel = page.getByTestId('inside-panel')
    const before = await at(page)
    await part(page, 'embed').click()
    await page.locator('main').focus()
    await page.keyboard.press('.')
    await expect(panel).toHaveAttribute('data-op', 'norm')
    await page.keyboard.press('.')
    await expect(panel).toHaveAttribute('data-op', 'qkv')
    await page.keyboard.press(',')
    await expect(panel).toHaveAttribute('data-op', 'norm')
    await page.keyboard.press('l')
    await expect(panel).toHaveAttribute('data-layer', '1')
    await page.keyboard.press('L')
    await expect(panel).toHaveAttribute('data-layer', '0')
    await page.keyboard.press('k')
    expect(await at(page)).toBe(before - 1)
    await page.keyboard.press('j')
    expect(await at(page)).toBe(before)
    await page.keyboard.press(' ')
    await expect(panel).toHaveAttribute('data-op', 'qkv', { timeout: 15_000 })
    await page.keyboard.press(' ')
    await page.getByTestId('plan-time').click()
    await expect(page.getByTestId('plan-steps')).toContainText('µs', { timeout: 90_000 })
    await expect(page.getByTestId('inside-plan')).toContainText('slower than a real token')
    await page.getByTestId('inside-plan').locator('input[value="text"]').check()
    expect(await page.getByTestId('plan-text').textContent()).toBe(
      await page.evaluate(async () => (await glassbox.client.glass.plan()).text),
    )
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
    await page.getByTestId('plan-copy').click()
    await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toContain('blocks.0.attn')
  })
})

test('on one story: a weight against its file, the cache, q·k against distance, the map; then a phone, and a long text', async ({
  page,
}) => {
  test.slow() // 280 tokens on a processor, and twenty files
  await openInside(page)
  await test.step('a weight that loading quantized is held against its file', async () => {
    await part(page, 'embed').click()
    await expect(page.getByTestId('weight-lost')).toBeVisible()
    const tensor = await page.getByTestId('inside-weight').locator('select').inputValue()
    const {
      values: own,
      source,
      tile: { cols },
    } = await tile(page, tensor, 0, 0, 8, 64)
    const errors = [...own].map((v, i) => v - source![i]!)
    expect(await number(page, 'weight-rms')).toBeCloseTo(
      Math.sqrt(errors.reduce((sum, e) => sum + e * e, 0) / errors.length),
      8,
    )
    const worst = Math.max(...errors.map(Math.abs))
    expect(await number(page, 'weight-max')).toBeCloseTo(worst, 8)
    await page.getByTestId('weight-worst').click()
    const i = errors.findIndex((e) => Math.abs(e) === worst)
    await expect(page.getByTestId('inside-weight').getByLabel('Row', { exact: true })).toHaveValue(
      String(Math.floor(i / cols)),
    )
    expect(await number(page, 'weight-error')).toBe(errors[i])
    expect(await number(page, 'weight-source')).toBe(source![i])
    await page.getByTestId('inside-weight').getByLabel('error', { exact: true }).check()
    await expect(page.getByTestId('weight-tile')).toHaveAttribute('aria-label', /coloured by error/)
    await page.getByTestId('inside-weight').locator('summary', { hasText: 'Row' }).click()
    await expect(page.getByTestId('weight-row').locator('tbody tr')).toHaveCount(cols)
  })
  await test.step('the cache shows what every token left, and the answer suffers when one is taken out', async () => {
    await part(page, 'attn', 1).click()
    await fresh(page, 'cache')
    const model = await info(page),
      { headDim: d, layers, kvHeads } = model
    const group = model.heads / kvHeads
    for (const [slot, head] of [
      [6, 0],
      [13, model.heads - 1],
    ] as const) {
      await page
        .getByTestId('inside-cache')
        .getByRole('button', { name: `head ${head}`, exact: true })
        .click()
      await page.getByTestId('inside-cache').getByRole('spinbutton').fill(String(slot))
      const g = Math.floor(head / group)
      for (const [site, id] of [
        ['k_rope', 'cache-k'],
        ['v', 'cache-v'],
      ] as const) {
        const all = await values(page, { site, layer: 1, position: slot })
        expect(await number(page, id)).toBeCloseTo(length(all.slice(g * d, (g + 1) * d)), 4)
      }
    }
    await expect(page.getByTestId('kv-group')).toHaveCount(kvHeads)
    expect(await number(page, 'cache-bytes')).toBe(2 * layers * kvHeads * d * 4)
    // what the engine says it reserved, for the context it says it has
    expect((await number(page, 'cache-reserved')) % (await number(page, 'cache-bytes'))).toBe(0)

    const tokens = (): Promise<GlassToken[]> => page.evaluate(() => glassbox.client.glass.tokens())
    const before = await tokens()
    // "Tom": without it the answer has to lose
    const tom = before.findIndex((t) => t.text.trim() === 'Tom')
    await page.getByTestId('inside-cache').getByRole('spinbutton').fill(String(tom))
    await page.getByTestId('cache-evict').click()
    await expect(page.getByTestId('cache-effect')).toBeVisible()
    await expect(page.getByTestId('cache-slot')).toHaveAttribute('data-evicted', 'true')
    const after = await tokens()
    expect(after.map((t) => t.id)).toEqual(before.map((t) => t.id))
    expect(after.some((t, i) => Math.abs((t.logprob ?? 0) - (before[i]!.logprob ?? 0)) > 0.1)).toBe(true)
    // what came before never saw it: only the order of adding differs, since a whole text runs again
    for (let p = 1; p <= tom; p++) expect(after[p]!.logprob, `token ${p}`).toBeCloseTo(before[p]!.logprob!, 3)
    await expect(page.getByTestId('cache-evict')).toBeEnabled()
    expect(await accessibility(page), 'with a dropped slot').toEqual([])
    await page.getByTestId('cache-evict').click()
    await expect(page.getByTestId('cache-effect')).toHaveCount(0)
    await expect(page.getByTestId('cache-slot')).toHaveAttribute('data-evicted', 'false')
    const again = await tokens()
    for (let p = 1; p < before.length; p++) expect(again[p]!.logprob, `token ${p}`).toBeCloseTo(before[p]!.logprob!, 3)
  })
  await test.step('q·k against distance is the run at its own distance, and turning by hand at any other', async () => {
    await page.locator('[data-testid="token-strip"] [data-position="30"]').click()
    await part(page, 'attn', 2).click()
    await fresh(page, 'distance')
    const { rope, heads, kvHeads } = await info(page)
    const scale = (await steps(page)).find((s) => s.layer === 2 && s.op === 'attention')!.params['scale']!
    for (const [head, key] of [
      [0, null],
      [heads - 1, 4],
    ] as const) {
      await page.goto(page.url().replace(/h=\d+/, `h=${head}`))
      if (key !== null) await page.getByTestId('inside-distance').getByRole('spinbutton').fill(String(key))
      await expect(page.getByTestId('inside-distance')).toHaveAttribute('data-fresh', 'true')
      const chosen = await number(page, 'distance', 'key')
      const scores = await values(page, { site: 'scores', layer: 2, head, position: 30 })
      expect(await number(page, 'distance-run')).toBe(scores[chosen])
      expect(await number(page, 'distance-off')).toBeLessThan(1e-3)
      if (key === null) expect(scores[chosen]).toBe(Math.max(...scores.slice(1))) // the strongest look, first token aside
      else expect(chosen).toBe(key)

      // another distance: both vectors turned one by one, as if they stood at 50 + d and 50
      const q = await values(page, { site: 'q', layer: 2, head, position: 30 }),
        k = await values(page, { site: 'k', layer: 2, head, position: chosen })
      expect(k).toHaveLength(q.length)
      expect(heads % kvHeads).toBe(0)
      const turned = (v: number[], position: number): number[] =>
        v.map((x, i) => {
          const half = rope.rotary / 2,
            angle = position * rope.inv[i % half]!
          return (x * Math.cos(angle) + (i < half ? -v[i + half]! : v[i - half]!) * Math.sin(angle)) * rope.factor
        })
      for (const d of [0, 7, 23]) {
        await page.getByTestId('distance-slider').fill(String(d))
        const a = turned(q, 50 + d),
          b = turned(k, 50)
        expect(await number(page, 'distance-score')).toBeCloseTo(a.reduce((sum, v, i) => sum + v * b[i]!, 0) * scale, 4)
        expect((await number(page, 'distance-fast')) + (await number(page, 'distance-slow'))).toBeCloseTo(
          await number(page, 'distance-score'),
          6,
        )
      }
    }
    await page.getByTestId('inside-distance').locator('summary', { hasText: 'table' }).click()
    await expect(page.getByTestId('distance-table').locator('tbody tr').first()).toContainText('0')
  })
  await page.goto(page.url().replace(/h=\d+/, 'h=0'))
  await page.emulateMedia({ reducedMotion: 'no-preference' })
  await test.step('the map goes from the model to one number, and the number is its operands', async () => {
    await page.locator('[data-testid="token-strip"] [data-position="20"]').click()
    await part(page, 'attn', 1).click()
    await page.locator('main').focus()
    await level(page, 'model')
    for (const name of ['block', 'op', 'cell']) {
      await page.keyboard.press('Enter')
      await level(page, name)
    }
    await page.keyboard.press('Escape')
    await level(page, 'op')
    await page.keyboard.press('Backspace')
    await level(page, 'block')
    const map = page.getByTestId('map-window')
    await map.hover({ position: { x: 100, y: 300 } })
    for (let n = 0; n < 30 && (await map.getAttribute('data-level')) === 'block'; n++) await page.mouse.wheel(0, -120)
    await level(page, 'op')
    await page.getByTestId('crumb-model').click()
    await level(page, 'model')

    // numbers of several kinds, each against a sum taken here
    const model = await info(page),
      plan = await steps(page)
    await part(page, 'attn', 1).click()
    await page.getByTestId('inside-qkv').getByRole('spinbutton').fill('13')
    await page.getByTestId('inside-qkv').getByRole('button', { name: 'Take this number apart' }).click()
    await fresh(page, 'cell')
    const q = plan.find((s) => s.name === 'blocks.1.attn.qkv')!.weights[0]!
    const x = await values(page, { site: 'attn_norm', layer: 1, position: 20 }),
      w = await tile(page, q, 13, 0, 1, model.hidden)
    expect(await number(page, 'cell-sum')).toBeCloseTo(
      [...w.values].reduce((sum, v, i) => sum + v * x[i]!, 0),
      5,
    )
    expect(await number(page, 'cell-value')).toBe(
      (await values(page, { site: 'q', layer: 1, head: 0, position: 20 }))[13],
    )
    expect(Math.abs((await number(page, 'cell-result')) - (await number(page, 'cell-value')))).toBeLessThan(1e-3)
    // one term further down: the very weight, bit by bit
    await page.getByTestId('cell-terms').locator('button').first().click()
    const col = Number(await page.getByTestId('cell-terms').locator('tbody th').first().innerText())
    await expect(page.getByTestId('inside-weight').getByLabel('Column')).toHaveValue(String(col))
    await expect(page.getByTestId('weight-sum')).toHaveAttribute('data-value', String(w.values[col]))

    // press a number on the map itself
    await page.getByTestId('crumb-op').click()
    await level(page, 'op')
    await page.getByTestId('crumb-cell').click()
    await level(page, 'cell')
    await expect(map).toBeFocused()
    const index = await number(page, 'inside-cell', 'index')
    await page.keyboard.press('ArrowRight')
    await expect(page.getByTestId('inside-cell')).toHaveAttribute('data-index', String(index + 1))
    await fresh(page, 'cell')
    const vector = (await page.getByTestId('inside-cell').getAttribute('data-vector')) as 'q'
    expect(await number(page, 'cell-value')).toBe(
      (await values(page, { site: vector, layer: 1, head: 0, position: 20 }))[index + 1],
    )
    expect(await accessibility(page), 'at a number').toEqual([])
    expect(await nodes(page)).toBeLessThanOrEqual(2000)
  })
  await page.getByTestId('crumb-model').click()
  await level(page, 'model')
  await page.emulateMedia({ reducedMotion: 'reduce' })
  await page.setViewportSize({ width: 390, height: 844 })
  await test.step('for readers who want no motion the map jumps, and on a phone it fits and can be pinched', async () => {
    const map = page.getByTestId('map-window')
    await map.scrollIntoViewIfNeeded()
    const box = (await map.boundingBox())!,
      x = box.x + box.width * 0.3,
      y = box.y + box.height / 2
    const session = await page.context().newCDPSession(page)
    const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', ...at: number[]) =>
      session.send('Input.dispatchTouchEvent', { type, touchPoints: at.map((px, id) => ({ x: px, y, id })) })
    await touch('touchStart', x - 10, x + 10)
    for (let i = 1; i <= 12; i++) await touch('touchMove', x - 10 - 6 * i, x + 10 + 6 * i)
    await touch('touchEnd')
    await level(page, 'block')
    await page.getByTestId('crumb-model').click()
    await level(page, 'model')
    await page.getByTestId('crumb-block').click()
    // one frame later it is there: nothing glides
    expect(
      await page.evaluate(
        () =>
          new Promise((done) => {
            requestAnimationFrame(() =>
              requestAnimationFrame(() =>
                done(document.querySelector<HTMLElement>('[data-testid="map-window"]')!.dataset['level']),
              ),
            )
          }),
      ),
    ).toBe('block')
    await page.getByTestId('crumb-op').click()
    await level(page, 'op')
    await page.getByTestId('crumb-cell').click()
    await level(page, 'cell')
    await fresh(page, 'cell')
    expect(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)).toBe(
      0,
    )
    expect(await accessibility(page)).toEqual([])
  })
  await page.setViewportSize({ width: 1280, height: 800 })
  await page.getByTestId('crumb-model').click()
  await level(page, 'model')
  await test.step('a long text stays within its nodes, and figures leave as files', async () => {
    const long = Array.from({ length: 40 }, (_, i) => story.split('\n')[0]!.split('. ')[i % 4]).join('. ')
    await hooks.nav(page, 'chat').click()
    await page.getByTestId('new-chat').click()
    await expect(hooks.answers(page)).toHaveCount(0)
    await askInside(page, `${long}.\n\nWho was at the lake?`)
    // the strip is of the run before until this one's tokens are read
    await expect.poll(() => page.locator('[data-testid="token-strip"] [data-position]').count()).toBeGreaterThan(280)
    for (const name of ['embed', 'attn', 'mlp', 'head']) {
      await part(page, name, 1).click()
      await expect(page.locator('[data-fresh="false"]')).toHaveCount(0)
      expect(await nodes(page), name).toBeLessThanOrEqual(2000)
    }
    await part(page, 'attn', 1).click()
    await fresh(page, 'distance')
    const save = async (figure: string, what: string): Promise<Buffer> => {
      const box = page.getByTestId(figure)
      await box.locator('summary[aria-label="Save this figure"]').click()
      const [file] = await Promise.all([page.waitForEvent('download'), box.getByRole('button', { name: what }).click()])
      return readFileSync(await file.path())
    }
    for (const figure of ['inside-distance', 'inside-cache', 'inside-norm', 'inside-weight', 'inside-map']) {
      expect((await save(figure, 'PNG')).subarray(1, 4).toString(), figure).toBe('PNG')
      expect((await save(figure, 'SVG')).toString(), figure).toMatch(/^<svg [\s\S]*<\/svg>\s*$/)
      expect(Object.keys(JSON.parse((await save(figure, 'JSON')).toString()) as object).length, figure).toBeGreaterThan(
        2,
      )
      expect((await save(figure, '.npy')).subarray(1, 6).toString(), figure).toBe('NUMPY')
    }
    const cache = await save('inside-cache', '.npy')
    const { length: tokens, kvHeads, headDim } = await info(page)
    expect(cache.toString('latin1')).toContain(`'shape': (2, ${tokens}, ${kvHeads}, ${headDim})`)
  })
})
