// npm run lessons:open: how long each lesson takes from the click to its first question, beyond the time that its model
// takes to load. In a headless Chrome on the processor, every lesson for the first time in its page.
import { openPage, waitReady } from './drive.mjs'
import { readOptions } from './options.mjs'
import { main, Problem } from './setup.mjs'

/** Milliseconds that a lesson may take beyond its model. */
const MOST = 1000

/** In the page: from the click on the button to a phase that waits for the reader; the phase "model" apart. */
const timed = (testId) =>
  new Promise((resolve) => {
    const began = performance.now()
    const at = {}
    const look = () => {
      const phase = document.querySelector('[data-testid="lesson"]')?.getAttribute('data-phase')
      if (phase) at[phase] ??= performance.now() - began
      if (!['bet', 'story', 'act', 'failed', 'absent'].includes(phase)) return
      watch.disconnect()
      resolve({ phase, total: at[phase], model: at.model === undefined ? 0 : at[phase] - at.model })
    }
    const watch = new MutationObserver(look)
    watch.observe(document.body, { subtree: true, childList: true, attributes: true, attributeFilter: ['data-phase'] })
    document.querySelector(`[data-testid="${testId}"]`).click()
  })

main(async () => {
  readOptions(import.meta.url)
  const { page, url, close } = await openPage({ device: 'cpu' })
  const list = `${url}?lang=en&device=cpu#/lessons`
  const opened = async () => {
    await page.goto('about:blank')
    await page.goto(list)
    await waitReady(page, 120_000)
    await page.getByTestId('start-l01').waitFor()
  }
  await opened()
  const buttons = await page
    .locator('[data-testid^="start-l"]')
    .evaluateAll((all) => [...new Set(all.map((one) => one.getAttribute('data-testid')))].sort())
  const beyond = []
  for (const button of buttons) {
    await opened()
    const { phase, total, model } = await page.evaluate(timed, button)
    const rest = total - model
    beyond.push(rest)
    console.log(`${button.slice(6)}  ${rest.toFixed(0)} ms, and ${model.toFixed(0)} ms for its model (${phase})`)
    await page.evaluate(() => sessionStorage.clear())
  }
  beyond.sort((a, b) => a - b)
  const [middle, most] = [beyond[beyond.length >> 1], beyond.at(-1)].map((ms) => ms.toFixed(0))
  console.log(`${beyond.length} lessons, beyond the model: median ${middle} ms, most ${most} ms`)
  await close()
  if (beyond.at(-1) > MOST) throw new Problem(`A lesson took more than ${MOST} ms to open, beyond its model.`)
})
