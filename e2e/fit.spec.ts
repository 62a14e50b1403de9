// A computer with a little less memory than a model takes: the load says so, what takes less is offered, and loads.

import { accessibilityInAll, expect, hooks, openReady, test, waitForState } from './harness.ts'

interface Short {
  most: number
  limit: number
}

test('a load that finds no room leads to an offer, and the offer loads', async ({ page }) => {
  await openReady(page, { panel: 'models' })
  const worker = page.workers().find((one) => one.url().includes('engine.worker'))!
  const card = hooks.modelCard(page, 'storyteller')
  // what is asked for in one piece is watched, and beyond a limit refused
  await worker.evaluate(() => {
    const short = Object.assign(globalThis as unknown as Short, { most: 0, limit: Infinity })
    for (const name of ['SharedArrayBuffer', 'ArrayBuffer'] as const) {
      const real = globalThis[name] as ArrayBufferConstructor
      Object.assign(globalThis, {
        [name]: new Proxy(real, {
          construct(target, values: [number]) {
            if (values[0] > short.limit) throw new RangeError('no room')
            short.most = Math.max(short.most, values[0])
            return Reflect.construct(target, values) as ArrayBuffer
          },
        }),
      })
    }
  })
  const again = async (): Promise<void> => {
    await card.getByTestId('unload-model').click()
    await card.getByTestId('load-model').click()
  }
  await again()
  await waitForState(page, 'ready')
  await worker.evaluate(() => {
    const short = globalThis as unknown as Short
    short.limit = short.most - 1
  })
  await again()
  await expect(hooks.error(page).first()).toContainText('not enough memory')
  await page.getByTestId('what-fits').click()
  await expect(page.getByTestId('fit')).toHaveAttribute('data-fits', 'false')
  const offer = page.getByTestId('offer').first()
  await expect(offer).toContainText('context of 256')
  expect(await accessibilityInAll(page)).toEqual([])
  await offer.click()
  await expect(page.getByTestId('fit')).toHaveAttribute('data-fits', 'true')
  await card.getByTestId('load-model').click()
  await waitForState(page, 'ready')
})
