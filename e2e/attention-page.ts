// The attention panel over one greedy answer, for its specs: asked, pointed at, and computed again by hand.

import type { Locator, Page } from '@playwright/test'
import { deviceOf, expect, open, waitForState } from './harness.ts'

/** Greedy, so that the answer is the same every time. */
export const greedy = {
  temperature: 0,
  topK: 0,
  topP: 1,
  minP: 0,
  repetitionPenalty: 1,
  presencePenalty: 0,
  frequencyPenalty: 0,
  seed: 1,
  randomSeed: false,
  maxTokens: 40,
  stop: [],
}

/**
 * Weights of one row in f64: softmax of scale · q·k over every key up to the query. An independent path: probes only.
 */
export async function rowByHand(page: Page, layer: number, head: number, query: number): Promise<number[]> {
  return page.evaluate(
    async ({ layer, head, query }) => {
      const { glass } = globalThis.glassbox.client
      const scale = (await glass.plan()).steps.find((s) => s.layer === layer && s.op === 'attention')!.params['scale']!
      const { values: q } = await glass.probe({ site: 'q_rope', layer, head, position: query })
      const scores: number[] = []
      for (let p = 0; p <= query; p++) {
        const { values: k } = await glass.probe({ site: 'k_rope', layer, head, position: p })
        scores.push(scale * Array.from(q, Number).reduce((sum, v, i) => sum + v * k[i]!, 0))
      }
      const max = Math.max(...scores),
        e = scores.map((s) => Math.exp(s - max)),
        total = e.reduce((a, b) => a + b, 0)
      return e.map((v) => v / total)
    },
    { layer, head, query },
  )
}

export const logprobOf = (page: Page, position: number): Promise<number> =>
  page.evaluate(async (p) => (await globalThis.glassbox.client.glass.tokens())[p]!.logprob!, position)

export const panel = (page: Page) => page.getByTestId('attention-panel')
export const number = async (page: Page, testId: string, name: string): Promise<number> =>
  Number(await page.getByTestId(testId).getAttribute(name))

export const answerGreedily = (page: Page, lang = 'en'): Promise<unknown> =>
  page.addInitScript(
    ([params, lang, device]) => {
      localStorage.setItem(
        'glassbox.settings',
        JSON.stringify({
          state: { lang, theme: 'light', params, system: '', load: { device }, hubHost: 'https://huggingface.co' },
          version: 1,
        }),
      )
    },
    [greedy, lang, deviceOf(page)] as const,
  )

export async function askStarter(page: Page, lang: 'en' | 'zh' = 'en'): Promise<void> {
  await answerGreedily(page, lang)
  await open(page, { model: 'storyteller', panel: 'attention', lang })
  await waitForState(page, 'ready', 300_000) // a busy machine checks kernels slowly
  // nothing has run: words and a question, no empty picture
  await expect(page.getByTestId('glass-wait')).toBeVisible()
  await page.getByTestId('glass-starter').first().click()
  await expect(panel(page)).toHaveAttribute('data-ready', 'true', { timeout: 120_000 })
}

/** Where a cell of a square picture of `count` rows lies on the page. */
export async function spotIn(
  picture: Locator,
  row: number,
  col: number,
  count: number,
): Promise<{ x: number; y: number }> {
  await picture.scrollIntoViewIfNeeded()
  const box = (await picture.boundingBox())!
  const [x, y, w, h] = (await picture.getAttribute('data-plot'))!.split(' ').map(Number) as [
    number,
    number,
    number,
    number,
  ]
  return { x: box.x + x + ((col + 0.5) * w) / count, y: box.y + y + ((row + 0.5) * h) / count }
}

/** The same of the matrix. */
export const cellAt = (page: Page, row: number, col: number, count: number): Promise<{ x: number; y: number }> =>
  spotIn(page.getByTestId('matrix').getByRole('application'), row, col, count)
