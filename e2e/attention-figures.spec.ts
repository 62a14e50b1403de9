// The attention panel's figures: cells, raw scores, heads, masks to play with, files, languages and widths. Every number
// is held against scores computed from q and k, which the panel never does.
import { rowByHand, panel, number, askStarter, cellAt, spotIn } from './attention-page.ts'
import { accessibility, expect, filesOf, hooks, test } from './harness.ts'
import type { Page } from '@playwright/test'

test.setTimeout(480_000)

const shownValue = (page: Page): Promise<number> => page.getByTestId('cell-value').innerText().then(Number)
const pick = (page: Page, group: string, nth: number): Promise<void> =>
  page.getByTestId(group).getByRole('radio').nth(nth).check({ force: true })

test('cells show what q and k say; heads are previewed, silenced where the pointer is, laid over each other, and shown without the sink', async ({
  page,
}, info) => {
  await askStarter(page)
  await test.step('cells show what q and k say', async () => {
    const count = (await page.evaluate(() => globalThis.glassbox.client.glass.info())).length
    const { layers, heads } = await page.evaluate(() => globalThis.glassbox.client.glass.info())
    // a small generator with a printed seed: other cells every day, the same ones for whoever repeats a failure
    let state = Math.floor(Date.now() / 864e5)
    info.annotations.push({ type: 'seed', description: String(state) })
    const draw = (n: number): number => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0
      return Math.floor((state / 2 ** 32) * n)
    }
    for (let n = 0; n < 4; n++) {
      const [layer, head] = [draw(layers), draw(heads)]
      await page.evaluate(
        ([l, h]) => {
          location.hash = `#/attention?p=3&l=${l}&h=${h}`
        },
        [layer, head],
      )
      await expect(panel(page)).toHaveAttribute('data-head', String(head))
      await expect(panel(page)).toHaveAttribute('data-layer', String(layer))
      const row = 2 + draw(count - 2),
        col = 1 + draw(row)
      const byHand = await rowByHand(page, layer, head, row)
      const spot = await cellAt(page, row, col, count)
      await page.mouse.move(0, 0)
      await page.mouse.move(spot.x, spot.y)
      await expect
        .poll(async () => Number(await page.getByTestId('cell-value').innerText()), {
          message: `L${layer} H${head} ${row} -> ${col}`,
        })
        .toBeCloseTo(byHand[col]!, 2)
      expect(Math.abs(Number(await page.getByTestId('cell-value').innerText()) - byHand[col]!)).toBeLessThan(1e-3)
    }
  })
  await test.step('heads are previewed, silenced where the pointer is, laid over each other, and shown without the sink', async () => {
    const { length: count, layers, heads } = await page.evaluate(() => globalThis.glassbox.client.glass.info())
    const [layer, head] = [
      Number(await panel(page).getAttribute('data-layer')),
      Number(await panel(page).getAttribute('data-head')),
    ]

    // a head under the pointer is shown close up, the selection stays
    const grid = page.getByTestId('head-grid')
    const other = (await grid.getAttribute('data-cells'))!
      .split(' ')
      .map((cell) => cell.split(',').map(Number) as [number, number, number, number])
      .find(([l, h]) => l !== layer && h !== head)!
    await grid.hover({ position: { x: other[2], y: other[3] } })
    await expect(page.getByTestId('matrix-state')).toHaveAttribute('data-tile', `${other[0]},${other[1]}`)
    await expect(panel(page)).toHaveAttribute('data-head', String(head))
    await page.keyboard.press('a')
    await expect(page.getByTestId('edit-bar')).toContainText(`L${other[0]} · H${other[1]}`, { timeout: 60_000 })
    await page.keyboard.press('u')
    await expect(page.getByTestId('edit-bar')).toHaveCount(0, { timeout: 60_000 })
    await page.mouse.move(0, 0)
    await expect(page.getByTestId('matrix-state')).toHaveAttribute('data-tile', `${layer},${head}`)

    // without the sink, and then divided by what is left: the text says so
    const [row, col] = [count - 4, count - 9]
    const byHand = await rowByHand(page, layer, head, row)
    const spot = await cellAt(page, row, col, count)
    for (const [mode, expected] of [
      [0, byHand[col]!],
      [1, byHand[col]! / (1 - byHand[0]!)],
      [2, byHand[col]!],
    ] as const) {
      await pick(page, 'sink', mode)
      await expect(page.getByTestId('renormalised')).toHaveCount(Number(mode === 1))
      await expect
        .poll(
          async () => {
            await page.mouse.move(0, 0)
            await page.mouse.move(spot.x, spot.y)
            return shownValue(page)
          },
          { message: `sink ${mode}` },
        )
        .toBeCloseTo(expected, 2)
    }
    await pick(page, 'sink', 0)

    // two heads together: the text shows their mean, and the table its numbers
    await pick(page, 'mode', 1)
    const picks = page.getByTestId('head-picks').getByRole('button')
    await picks.nth(0).click()
    await picks.nth(1).click()
    const position = await number(page, 'attention-panel', 'data-position')
    const [a, b] = [await rowByHand(page, layer, 0, position), await rowByHand(page, layer, 1, position)]
    await page.getByTestId('figure-tokens').getByTestId('table-toggle').click()
    const table = page.getByTestId('figure-tokens').getByRole('row')
    for (const key of [3, position - 1, position]) {
      await expect
        .poll(
          async () =>
            Number(
              await table
                .nth(key + 1)
                .getByRole('cell')
                .first()
                .innerText(),
            ),
          { message: `key ${key}` },
        )
        .toBeCloseTo((a[key]! + b[key]!) / 2, 2)
    }
    await page.getByTestId('figure-tokens').getByTestId('table-toggle').click()
    await picks.nth(0).click()
    await picks.nth(1).click()

    // a range of layers
    await page.getByTestId('layer-strip').getByRole('combobox').nth(1).selectOption('1')
    await expect.poll(async () => (await grid.getAttribute('data-cells'))!.split(' ').length).toBe(2 * heads)
    const bars = (await page.getByTestId('layer-strip').locator('div[aria-hidden]').boundingBox())!
    const at = (l: number) => bars.x + ((l + 0.5) * bars.width) / layers
    await page.mouse.move(at(1), bars.y + 10)
    await page.mouse.down()
    await page.mouse.move(at(layers - 1), bars.y + 10, { steps: 5 })
    await page.mouse.up()
    await expect(page.getByTestId('layer-strip')).toHaveAttribute('data-range', `1-${layers - 1}`)
  })
})

test('masks to play with, files, raw scores, and every picture in both languages and themes, wide and narrow', async ({
  page,
}, info) => {
  await askStarter(page)
  await page.getByTestId('toy-fold').locator('summary').click()
  await test.step('masks to play with: the causal one gives the run’s own weights, and any other is painted', async () => {
    await expect(page.getByTestId('figure-toy')).toContainText('Illustration')
    const [layer, head] = [
      Number(await panel(page).getAttribute('data-layer')),
      Number(await panel(page).getAttribute('data-head')),
    ]
    const picture = page.getByTestId('toy').getByRole('application')
    const pointAt = async (row: number, col: number, steps = 1): Promise<void> => {
      const { x, y } = await spotIn(picture, row, col, 16)
      await page.mouse.move(x, y, { steps })
    }
    const read = async (row: number, col: number): Promise<string> => {
      await page.mouse.move(0, 0)
      await pointAt(row, col)
      return page.getByTestId('toy-cell').locator('b').innerText()
    }
    const byHand = await rowByHand(page, layer, head, 9)
    for (const col of [0, 4, 8]) await expect.poll(async () => Number(await read(9, col))).toBeCloseTo(byHand[col]!, 2)
    await pick(page, 'toy-kind', 3) // a window of four
    expect(await read(9, 5)).toBe('hidden')
    const seen = byHand.slice(6, 10),
      total = seen.reduce((s, v) => s + v, 0)
    for (const [i, weight] of seen.entries()) {
      await expect.poll(async () => Number(await read(9, 6 + i))).toBeCloseTo(weight / total, 2)
    }
    // painted by a drag: three cells of the row open up
    await pointAt(9, 0)
    await page.mouse.down()
    await pointAt(9, 2, 8)
    await page.mouse.up()
    await expect(page.getByTestId('toy-kind').getByRole('radio').nth(4)).toBeChecked()
    const open = [0, 1, 2, 6, 7, 8, 9],
      sum = open.reduce((s, c) => s + byHand[c]!, 0)
    await expect.poll(async () => Number(await read(9, 2))).toBeCloseTo(byHand[2]! / sum, 2)
  })
  await test.step('every figure leaves as picture, drawing, numbers and array, and is a table where one is asked for', async () => {
    const figures: [string, number | null][] = [
      ['tokens', null],
      ['heads', null],
      ['toy', null],
      ['matrix', 0],
      ['arcs', 1],
      ['flow', 2],
      ['product', 3],
    ]
    for (const [name, mode] of figures) {
      if (mode !== null) await pick(page, 'mode', mode)
      const figure = page.getByTestId(`figure-${name}`)
      await expect(figure.locator('details')).toHaveCount(1, { timeout: 60_000 })
      if (name === 'matrix') await expect(page.getByTestId('matrix-state')).not.toHaveAttribute('data-tile', '')
      if (name === 'product') await expect(page.getByTestId('row-steps')).toBeVisible()
      const { png, svg, json, npy } = await filesOf(page, `figure-${name}`)
      expect(png.subarray(1, 4).toString(), name).toBe('PNG')
      expect(png.length, `${name}: the picture is not empty`).toBeGreaterThan(2000)
      expect(svg, name).toMatch(/^<svg[^]*<\/svg>\s*$/)
      expect(json, name).toMatchObject({ model: 'Storyteller' })
      expect(
        npy.shape.reduce((n, side) => n * side, 1),
        `${name}: ${npy.shape.join(' ')}`,
      ).toBe(npy.values.length)
      expect(
        npy.values.some((v) => v > 0),
        name,
      ).toBe(true)
      const toggle =
        name === 'matrix' || name === 'toy'
          ? figure.getByTestId(name).locator('button[aria-pressed]').last()
          : name === 'heads'
            ? figure.locator('button[aria-pressed]').first()
            : figure.getByTestId('table-toggle')
      await toggle.click()
      await expect(figure.getByRole('table').first(), name).toBeVisible()
      expect(await figure.getByRole('row').count(), name).toBeGreaterThan(3)
      await toggle.click()
    }
  })
  await pick(page, 'mode', 0)
  await test.step('the raw state shows scores of seen and hidden pairs alike', async () => {
    const { length: count } = await page.evaluate(() => globalThis.glassbox.client.glass.info())
    await page.getByTestId('what').getByRole('radio').first().check({ force: true })
    const [layer, head] = [
      Number(await panel(page).getAttribute('data-layer')),
      Number(await panel(page).getAttribute('data-head')),
    ]
    for (const [row, col] of [
      [count - 3, 4],
      [4, count - 3],
    ] as const) {
      const score = await page.evaluate(
        async ({ layer, head, row, col }) => {
          const { glass } = globalThis.glassbox.client
          const scale = (await glass.plan()).steps.find((s) => s.layer === layer && s.op === 'attention')!.params[
            'scale'
          ]!
          const { values: q } = await glass.probe({ site: 'q_rope', layer, head, position: row })
          const { values: k } = await glass.probe({ site: 'k_rope', layer, head, position: col })
          return scale * Array.from(q, Number).reduce((sum, v, i) => sum + v * k[i]!, 0)
        },
        { layer, head, row, col },
      )
      const spot = await cellAt(page, row, col, count)
      await page.mouse.move(0, 0)
      await page.mouse.move(spot.x, spot.y)
      await expect
        .poll(async () => Number(await page.getByTestId('cell-value').innerText()), { message: `${row} -> ${col}` })
        .toBeCloseTo(score, 2)
    }
  })
  await pick(page, 'what', 1)
  await test.step('every picture draws in both languages and themes, wide and narrow, and is open to all', async () => {
    const modes = page.getByTestId('mode').getByRole('radio')
    for (const [lang, theme, width] of [
      ['en', 'light', 1280],
      ['zh', 'dark', 360],
    ] as const) {
      await page.setViewportSize({ width, height: 800 })
      await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' })
      if ((await page.locator('html').getAttribute('lang')) !== (lang === 'zh' ? 'zh-CN' : 'en')) {
        await hooks.language(page).click()
      }
      for (const [i, figure] of ['matrix', 'arcs', 'flow', 'product'].entries()) {
        await modes.nth(i).check({ force: true })
        await expect(page.getByTestId(`figure-${figure}`)).toBeVisible()
        expect(await accessibility(page), `${figure} ${lang} ${theme}`).toEqual([])
      }
      await expect(page.getByTestId('qk-bars')).toBeVisible()
      await modes.first().check({ force: true })
      await expect(page.getByTestId('matrix')).toBeVisible()
      expect(await accessibility(page), `${lang} ${theme}`).toEqual([])
      expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'nothing sticks out').toBe(
        true,
      )
      expect(await page.evaluate(() => document.querySelectorAll('*').length)).toBeLessThan(2000)
    }
    // the matrix by keyboard: a cursor, a lock, and the row as a table
    await page.setViewportSize({ width: 1280, height: 800 })
    const picture = page.getByTestId('matrix').getByRole('application')
    await picture.focus()
    await page.keyboard.press('ArrowUp')
    await page.keyboard.press('ArrowRight')
    await expect(page.getByTestId('cell-value')).not.toBeEmpty()
    await page.keyboard.press('+')
    await expect(picture).not.toHaveAttribute('data-zoom', '1.00')
    await page.keyboard.press('Enter')
    await expect(page.getByTestId('mask-edge')).toBeEnabled()
    await page.getByTestId('matrix').locator('button[aria-pressed]').last().click()
    await expect(page.getByTestId('matrix').getByRole('table')).toBeVisible()
    info.annotations.push({
      type: 'measured',
      description: `thumbnails of all heads: ${await panel(page).getAttribute('data-thumbnails-ms')} ms`,
    })
  })
})
