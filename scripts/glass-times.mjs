// How long the attention panel takes to answer a pointer or a key: from the input's event to the change on screen.
import { Problem } from './setup.mjs'

/** Times from an input event to the moment `selector` changes to something whole; both run in the page, `act` here. */
async function timed(page, { event, selector, attribute, act }) {
  await page.evaluate(
    ({ type, at, name }) => {
      const read = () => {
        const element = document.querySelector(at)
        return name ? element?.getAttribute(name) : element?.textContent
      }
      const old = read()
      globalThis.answered = new Promise((resolve) => {
        let from = null
        addEventListener(
          type,
          () => {
            from ??= performance.now()
          },
          { capture: true },
        )
        const look = new MutationObserver(() => {
          const now = read()
          if (from === null || now === old || !now || now.includes('…')) return
          look.disconnect()
          resolve(performance.now() - from)
        })
        look.observe(document.body, { subtree: true, childList: true, characterData: true, attributes: Boolean(name) })
        setTimeout(() => {
          look.disconnect()
          resolve(null)
        }, 20_000)
      })
    },
    { type: event, at: selector, name: attribute },
  )
  await act()
  const ms = await page.evaluate(() => globalThis.answered)
  if (ms === null) throw new Problem(`Nothing changed at ${selector} within 20 seconds.`)
  return ms
}

/** What a reader waits for in the attention panel, each `repeats` times: milliseconds by name. */
export async function panelTimes(page, repeats) {
  const out = { hoverCellMs: [], hoverTokenMs: [], hoverHeadMs: [], layerSwitchMs: [], thumbnailsMs: [] }
  const id = (name) => page.getByTestId(name)
  const box = async (locator) => {
    await locator.scrollIntoViewIfNeeded()
    return locator.boundingBox()
  }
  const chips = id('token-strip').locator('[data-position]')
  const heads = (await id('head-grid').getAttribute('data-cells')).split(' ').map((cell) => cell.split(',').map(Number))
  const measure = async (name, event, target, attribute, act) => {
    await page.mouse.move(2, 2)
    await page.waitForTimeout(150)
    out[name].push(await timed(page, { event, selector: `[data-testid="${target}"]`, attribute, act }))
  }
  for (let n = 0; n < repeats; n++) {
    const at = await box(id('matrix').getByRole('application'))
    await measure('hoverCellMs', 'pointermove', 'cell-value', null, () =>
      page.mouse.move(at.x + at.width * (0.25 + 0.02 * n), at.y + at.height * 0.9),
    )
    const chip = await box(chips.nth((await chips.count()) - 8 - 3 * n))
    await measure('hoverTokenMs', 'pointermove', 'looks-sentence', null, () =>
      page.mouse.move(chip.x + chip.width / 2, chip.y + chip.height / 2),
    )
    const grid = await box(id('head-grid'))
    const [, , x, y] = heads[(n + 1) % heads.length]
    await measure('hoverHeadMs', 'pointermove', 'matrix-state', 'data-tile', () =>
      page.mouse.move(grid.x + x, grid.y + y),
    )
    await measure('layerSwitchMs', 'keydown', 'matrix-state', 'data-tile', () => page.keyboard.press('l'))
  }
  for (const i of [2, 0, 2]) {
    const before = await id('attention-panel').getAttribute('data-thumbnails-ms')
    await id('sink').getByRole('radio').nth(i).check({ force: true })
    await page.waitForFunction(
      (old) => {
        const now = document.querySelector('[data-testid="attention-panel"]').dataset.thumbnailsMs
        return now !== undefined && now !== old
      },
      before,
      { timeout: 60_000 },
    )
    out.thumbnailsMs.push(Number(await id('attention-panel').getAttribute('data-thumbnails-ms')))
  }
  return out
}
