// npm run lesson-open: how long a lesson takes from the click to its first question, beyond the time that its model takes to load.
//
// The built page in a headless Chrome, computed by the processor, a fresh profile for each lesson. It fails where one takes more
// than a second.
import { openPage, waitReady } from './drive.mjs'
import { readOptions } from './options.mjs'
import { main, Problem } from './setup.mjs'

/** Milliseconds that a lesson may take beyond its model. */
const MOST = 1000

/** In the page: from the click until what waits for the reader is painted; `model` is how long the model was waited for. */
const timed = (testId) =>
  new Promise((resolve) => {
    const began = performance.now()
    let model = null
    const look = () => {
      const phase = document.querySelector('[data-testid="lesson"]')?.getAttribute('data-phase')
      if (phase === 'model') model ??= performance.now()
      if (!['bet', 'story', 'act', 'failed', 'absent'].includes(phase)) return
      watch.disconnect()
      const waited = model === null ? 0 : performance.now() - model
      // two frames: one that draws it, one that tells that it is drawn
      requestAnimationFrame(() =>
        requestAnimationFrame(() => resolve({ phase, model: waited, all: performance.now() - began })),
      )
    }
    const watch = new MutationObserver(look)
    watch.observe(document.body, { subtree: true, childList: true, attributeFilter: ['data-phase'] })
    document.querySelector(`[data-testid="${testId}"]`).click()
  })

main(async () => {
  readOptions(import.meta.url)
  const { browser, url, close } = await openPage({ device: 'cpu' })
  const inFreshPage = async (work) => {
    const context = await browser.newContext({ viewport: { width: 1280, height: 860 }, locale: 'en-US' })
    const page = await context.newPage()
    await page.goto(`${url}?lang=en&device=cpu#/lessons`)
    await waitReady(page, 120_000)
    await page.getByTestId('start-l01').waitFor()
    const result = await work(page)
    await context.close()
    return result
  }
  const buttons = await inFreshPage((page) =>
    page.locator('[data-testid^="start-l"]').evaluateAll((all) => all.map(({ dataset }) => dataset.testid)),
  )
  const beyond = []
  for (const button of buttons) {
    const { phase, model, all } = await inFreshPage((page) => page.evaluate(timed, button))
    beyond.push(all - model)
    console.log(
      `${button.slice(6)}  ${(all - model).toFixed(0)} ms, and ${model.toFixed(0)} ms for its model (${phase})`,
    )
  }
  beyond.sort((a, b) => a - b)
  console.log(
    `${beyond.length} lessons, beyond the model: median ${beyond[beyond.length >> 1].toFixed(0)} ms, most ${beyond.at(-1).toFixed(0)} ms`,
  )
  await close()
  if (beyond.at(-1) > MOST) throw new Problem(`A lesson took more than ${MOST} ms to open, beyond its model.`)
})
