// The shop window: a head that looked the answer up is found by the panel's own numbers, and cutting its look changes
// the answer's probability.
import { rowByHand, logprobOf, panel, number, askStarter, cellAt } from './attention-page.ts'
import { expect, filesOf, hooks, test, waitForState } from './harness.ts'

test.setTimeout(480_000)

for (const lang of ['en', 'zh'] as const) {
  test(`the head found is selected, all found are masked first, and the answer's chance falls where the button is (${lang})`, async ({
    page,
  }, info) => {
    await page.setViewportSize({ width: 853, height: 533 }) // 1280 x 800 at 150 %
    await askStarter(page, lang)
    await page.getByTestId('find-lookup').click()
    const first = page.getByTestId('lookup-ranking').getByRole('button').first()
    await expect(first).toHaveAttribute('aria-pressed', 'true')
    const [layer, head] = (await first.getAttribute('data-head'))!.split(',')
    await expect(panel(page)).toHaveAttribute('data-layer', layer!)
    await expect(panel(page)).toHaveAttribute('data-head', head!)
    const target = await number(page, 'lookup', 'data-target')
    expect(await number(page, 'attention-panel', 'data-position')).toBe(target - 1)
    const all = page
      .getByTestId('lookup')
      .getByRole('button', { name: /Cut|剪断/ })
      .first()
    await expect(all).toHaveAttribute('data-testid', 'mask-all-lookups')
    await expect(page.getByTestId('mask-lookup')).toContainText(`L${layer} · H${head}`)

    const before = Math.exp(await logprobOf(page, target))
    await all.click()
    const effect = page.getByTestId('lookup').getByTestId('lookup-effect')
    await expect(effect).toBeVisible({ timeout: 60_000 })
    await expect(effect).toBeInViewport()
    const shown = async (): Promise<[number, number]> => [
      Number(await effect.getAttribute('data-before')),
      Number(await effect.getAttribute('data-after')),
    ]
    const [shownBefore, shownAfter] = await shown()
    expect(shownBefore).toBeCloseTo(before, 4)
    expect(shownAfter).toBeCloseTo(Math.exp(await logprobOf(page, target)), 4)
    // in the Chinese story other tokens carry the place on, too: hidden from all of them it is gone
    expect(shownAfter, 'the cuts act').toBeLessThan(before - (lang === 'en' ? 0.5 : 0.05))
    info.annotations.push({
      type: 'measured',
      description: `L${layer} H${head}, ${await number(page, 'mask-all-lookups', 'data-heads')} heads cut: ${(shownBefore * 100).toFixed(1)} % -> ${(shownAfter * 100).toFixed(1)} %`,
    })
    // the same button lets them look again
    await page.getByTestId('mask-all-lookups').click()
    await expect(page.getByTestId('edit-bar')).toHaveCount(0, { timeout: 60_000 })
    await page.getByTestId('hide-lookup').click()
    await expect(effect).toBeVisible({ timeout: 60_000 })
    expect((await shown())[1], 'hidden from every token').toBeLessThan(0.3)
    await page.getByTestId('hide-lookup').click()
    await expect(page.getByTestId('edit-bar')).toHaveCount(0, { timeout: 60_000 })

    // from a word of the answer in the chat: the same head, not the first one
    await page.evaluate(() => {
      location.hash = '#/chat'
    })
    await page.evaluate((at) => {
      location.hash = `#/attention?p=${at - 1}&l=0&h=0&why=${at}`
    }, target)
    await expect(panel(page)).toHaveAttribute('data-layer', layer!)
    await expect(panel(page)).toHaveAttribute('data-head', head!)
    expect(page.url()).not.toContain('why=')
    if (lang === 'zh') return
    await test.step('after a reload the last answer is read again by its own tokens, with the same numbers', async () => {
      const all = () =>
        page.evaluate(async () =>
          (await globalThis.glassbox.client.glass.tokens()).map(({ id, logprob, generated }) => ({
            id,
            logprob,
            generated,
          })),
        )
      const before = await all()
      await page.reload()
      await waitForState(page, 'ready', 300_000)
      await expect(page.getByRole('heading', { level: 1 })).toBeAttached()
      await page.getByTestId('look-inside').click()
      await expect(panel(page)).toHaveAttribute('data-ready', 'true', { timeout: 120_000 })
      await expect(page.getByTestId('other-answer')).toHaveCount(0)
      await expect(page.getByTestId('guessed')).toHaveCount(0)
      const after = await all()
      expect(after.map(({ id, generated }) => ({ id, generated }))).toEqual(
        before.map(({ id, generated }) => ({ id, generated })),
      )
      for (const [i, { logprob }] of after.entries()) {
        if (logprob !== null) expect(Math.abs(logprob - before[i]!.logprob!), `token ${i}`).toBeLessThan(1e-3)
      }
    })
  })
}

test('a head that looked the answer up is found, and cutting its look changes the answer; an answer asked for while edits are applied is written under them, and says so wherever it is seen @gpu', async ({
  page,
}, info) => {
  await askStarter(page)
  await test.step('a head that looked the answer up is found, and cutting its look changes the answer', async () => {
    await page.getByTestId('find-lookup').click()
    const first = page.getByTestId('lookup-ranking').getByRole('button').first()
    await expect(first).toBeVisible()
    const [layer, head] = (await first.getAttribute('data-head'))!.split(',').map(Number) as [number, number]
    const weight = Number(await first.getAttribute('data-weight'))
    const target = await number(page, 'lookup', 'data-target')
    const sources = (await page.getByTestId('lookup').getAttribute('data-sources'))!.split(' ').map(Number)
    expect(weight, 'attention on the answer word in the story').toBeGreaterThan(0.1)

    // it really is that word, in the story, and really that much
    const tokens = await page.evaluate(() => globalThis.glassbox.client.glass.tokens())
    expect(sources.map((s) => tokens[s]!.id)).toEqual(sources.map(() => tokens[target]!.id))
    expect(tokens[target]!.generated && sources.every((s) => !tokens[s]!.generated)).toBe(true)
    const byHand = await rowByHand(page, layer, head, target - 1)
    expect(sources.reduce((sum, s) => sum + byHand[s]!, 0)).toBeCloseTo(weight, 3)

    await first.click()
    await expect(panel(page)).toHaveAttribute('data-layer', String(layer))
    await expect(panel(page)).toHaveAttribute('data-head', String(head))
    expect(page.url()).toMatch(new RegExp(`#/attention\\?(?=.*l=${layer})(?=.*h=${head})(?=.*p=${target - 1})`))
    await expect(page.getByTestId('lookup-sentence')).toContainText(`L${layer} · H${head}`)

    const before = await logprobOf(page, target)
    await page.getByTestId('mask-lookup').click()
    await expect(page.getByTestId('effect')).toHaveAttribute('data-token', String(target), { timeout: 60_000 })
    const [shownBefore, shownAfter] = [
      await number(page, 'effect', 'data-before'),
      await number(page, 'effect', 'data-after'),
    ]
    expect(shownBefore).toBeCloseTo(Math.exp(before), 4)
    expect(shownAfter).toBeCloseTo(Math.exp(await logprobOf(page, target)), 4)
    expect(Math.abs(shownAfter - shownBefore), 'masking acts').toBeGreaterThan(0.01)
    info.annotations.push({
      type: 'measured',
      description: `L${layer} H${head} looks ${(weight * 100).toFixed(1)} % at the answer; masked: ${(shownBefore * 100).toFixed(1)} % -> ${(shownAfter * 100).toFixed(1)} %`,
    })

    // a masked edge is not drawn
    const spot = await cellAt(page, target - 1, sources[0]!, tokens.length)
    await page.mouse.move(spot.x, spot.y)
    await expect(page.getByTestId('cell-value')).toHaveText('not there')

    await page.getByTestId('undo').click()
    await expect(page.getByTestId('edit-bar')).toHaveCount(0, { timeout: 60_000 })
    expect(Math.exp(await logprobOf(page, target))).toBeCloseTo(shownBefore, 4)

    // silencing the whole head from the picture, by key
    await page.keyboard.press('a')
    await expect(page.getByTestId('effect')).toBeVisible({ timeout: 60_000 })
    await expect(page.getByTestId('silence-head')).toContainText('Let')
    await page.keyboard.press('u')
    await expect(page.getByTestId('edit-bar')).toHaveCount(0, { timeout: 60_000 })
  })
  await test.step('an answer asked for while edits are applied is written under them, and says so wherever it is seen', async () => {
    const cut = page.getByTestId('mask-all-lookups')
    await expect(cut).toBeVisible()
    const target = await number(page, 'lookup', 'data-target')
    // in one go, as fast as a page can: no pause in which the edits could come into force
    await page.evaluate(async () => {
      document.querySelector<HTMLElement>('[data-testid=mask-all-lookups]')!.click()
      location.hash = '#/chat'
      for (let left = 400; left > 0; left--) {
        const again = document.querySelector<HTMLButtonElement>('[data-testid=regenerate]:not([disabled])')
        if (again) return again.click()
        await new Promise((resolve) => setTimeout(resolve, 5))
      }
    })
    await expect(page.getByTestId('edited-mark')).toBeVisible({ timeout: 60_000 })
    await expect(hooks.answers(page).last()).toHaveAttribute('data-streaming', 'false', { timeout: 60_000 })
    const written = await hooks.answers(page).last().innerText()
    // the same edits, and nothing in the cache to begin with: the same answer
    await page.getByTestId('regenerate').click()
    await expect(hooks.answers(page).last()).toHaveAttribute('data-streaming', 'false', { timeout: 60_000 })
    expect(await hooks.answers(page).last().innerText()).toBe(written)
    await hooks.nav(page, 'attention').click()
    await expect(panel(page)).toHaveAttribute('data-ready', 'true', { timeout: 120_000 })
    const { svg, json } = await filesOf(page, 'figure-tokens')
    expect(svg).toMatch(/edits? (is|are) in force/)
    expect(json).toMatchObject({ changed: expect.stringMatching(/in force/) as unknown })
    // from the token that predicts to the one that is watched, and back
    await page.getByTestId('lookup-ranking').getByRole('button').first().click()
    const query = await number(page, 'attention-panel', 'data-position')
    await hooks.nav(page, 'probabilities').click()
    await expect(page.getByTestId('probabilities-panel')).toHaveAttribute('data-position', String(target))
    await hooks.nav(page, 'attention').click()
    await expect(panel(page)).toHaveAttribute('data-position', String(query))
    expect(query).toBe(target - 1)

    // another chat: what was cut in the old text is taken back, and told
    await hooks.nav(page, 'chat').click()
    await page.getByTestId('new-chat').click()
    await expect(page.getByTestId('taken-back')).toBeVisible({ timeout: 60_000 })
    await expect(page.getByTestId('effect')).toHaveCount(0)

    // and after a reload the numbers are not passed off as those it was written with
    await page.reload()
    await waitForState(page, 'ready', 300_000)
    await expect(page.getByTestId('edited-mark')).toBeVisible({ timeout: 60_000 })
    await hooks.nav(page, 'attention').click()
    await expect(page.getByTestId('glass-wait')).toContainText('Those edits are gone')
    await page.getByTestId('look-inside').click()
    await expect(page.getByTestId('other-model')).toBeVisible({ timeout: 120_000 })
  })
})
