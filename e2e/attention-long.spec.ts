// A matrix of a million cells: it pans while its tiles are on their way, and what it says of a cell is of that cell
// alone.
import { readFileSync } from 'node:fs'
import { spotIn } from './attention-page.ts'
import { expect, hooks, open, say, test, waitForState } from './harness.ts'

test.setTimeout(600_000)

test('a thousand tokens: the matrix pans without waiting, and tells one cell from its neighbours', async ({
  page,
}, info) => {
  const panel = page.getByTestId('attention-panel'),
    matrix = page.getByTestId('matrix').getByRole('application')
  // the storyteller's own weights, told that its context is longer: positions beyond its training are no matter here
  const folder = 'public/models/storyteller'
  const config = {
    ...(JSON.parse(readFileSync(`${folder}/config.json`, 'utf8')) as object),
    max_position_embeddings: 2048,
  }
  const files = ['model.safetensors', 'tokenizer.json', 'tokenizer_config.json', 'generation_config.json'].map(
    (name) => ({ name, mimeType: '', buffer: readFileSync(`${folder}/${name}`) }),
  )
  await open(page, { model: 'storyteller', panel: 'models' })
  await waitForState(page, 'ready', 300_000)
  await hooks
    .fileInput(page)
    .first()
    .setInputFiles([...files, { name: 'config.json', mimeType: '', buffer: Buffer.from(JSON.stringify(config)) }])
  await page.getByTestId('pending-model').getByTestId('load-model').click()
  await expect(hooks.modelSelect(page)).toHaveValue(/^file:/)
  await waitForState(page, 'ready', 300_000)
  await hooks.nav(page, 'chat').click()
  const names = ['Mia', 'Tom', 'Lily', 'Ben'],
    things = ['ball', 'kite', 'key', 'book'],
    places = ['garden', 'kitchen', 'library']
  const facts = Array.from(
    { length: 128 },
    (_, i) => `${names[i % 4]} found a ${things[(i * 3 + 1) % 4]} in the ${places[i % 3]}.`,
  )
  await say(page, `${facts.join(' ')} Where was Mia?`)
  await expect(hooks.answers(page).first()).toHaveAttribute('data-streaming', 'false', { timeout: 300_000 })
  await hooks.nav(page, 'attention').click()
  await expect(panel).toHaveAttribute('data-ready', 'true', { timeout: 300_000 })
  const { length: count } = await page.evaluate(() => globalThis.glassbox.client.glass.info())
  expect(count).toBeGreaterThan(1000)
  await expect(page.getByTestId('attention-error')).toContainText(/e-\d+/, { timeout: 60_000 })

  // a sample of the whole picture holds several cells; the value shown is of the one pointed at
  const [layer, head] = [Number(await panel.getAttribute('data-layer')), Number(await panel.getAttribute('data-head'))]
  for (const back of [0, 1, 2, 3]) {
    const [row, col] = [count - 30, count - 30 - back]
    const { x, y } = await spotIn(matrix, row, col, count)
    await page.mouse.move(x, y)
    // label and value are of one moment; the engine is asked for that cell alone
    await expect
      .poll(
        async () => {
          const [r = NaN, c = NaN, shown = NaN] = await page
            .getByTestId('cell')
            .evaluate((cell) =>
              Array.from(cell.querySelectorAll('small, b'), (part) => Number(/\d[\d.e-]*/.exec(part.textContent)?.[0])),
            )
          if (!(Math.abs(r - row) <= 2 && Math.abs(c - col) <= 2)) return Infinity
          const { values } = await page.evaluate(
            (cell) =>
              globalThis.glassbox.client.glass.attention({
                layer: cell.layer,
                heads: [cell.head],
                rows: [cell.r, cell.r + 1],
                cols: [cell.c, cell.c + 1],
                maxRows: 1,
                maxCols: 1,
              }),
            { layer, head, r, c },
          )
          return Math.abs(shown - values[0]!)
        },
        { message: `${row} -> ${col}` },
      )
      .toBeLessThan(0.001)
  }

  const box = (await matrix.boundingBox())!
  const middle = { x: box.x + box.width * 0.6, y: box.y + box.height * 0.6 }
  await page.mouse.move(middle.x, middle.y)
  for (let i = 0; i < 12; i++) await page.mouse.wheel(0, -40)
  await expect.poll(async () => Number(await matrix.getAttribute('data-zoom'))).toBeGreaterThan(6)
  // processor time of the page's own thread: on a busy machine the clock says how long others ran
  const session = await page.context().newCDPSession(page)
  await session.send('Performance.enable', { timeDomain: 'threadTicks' })
  const work = async (): Promise<number> =>
    1000 * (await session.send('Performance.getMetrics')).metrics.find(({ name }) => name === 'TaskDuration')!.value
  const moves = 60
  const rounds: { msPerMove: number; longest: number; worst: number; frames: number }[] = []
  for (let round = 0; round < 3; round++) {
    await page.evaluate(() => {
      const seen = { long: [] as number[], frames: [] as number[], on: true, last: 0 }
      new PerformanceObserver((list) => {
        for (const { duration } of list.getEntries()) seen.long.push(duration)
      }).observe({ type: 'longtask' })
      const tick = (now: number): void => {
        if (seen.last) seen.frames.push(now - seen.last)
        seen.last = now
        if (seen.on) requestAnimationFrame(tick)
      }
      requestAnimationFrame(tick)
      Object.assign(globalThis, { seen })
    })
    const before = await page.getByTestId('matrix-state').getAttribute('data-zoomed'),
      from = await work()
    const way = round % 2 ? 1 : -1
    await page.mouse.move(middle.x, middle.y)
    await page.mouse.down()
    for (let i = 1; i <= moves; i++) await page.mouse.move(middle.x + way * i * 4, middle.y + way * i * 4)
    await page.mouse.up()
    const msPerMove = ((await work()) - from) / moves
    // the tile of the new place comes
    await expect(page.getByTestId('matrix-state')).not.toHaveAttribute('data-zoomed', before!)
    rounds.push({
      msPerMove,
      ...(await page.evaluate(() => {
        const { seen } = globalThis as unknown as { seen: { long: number[]; frames: number[]; on: boolean } }
        seen.on = false
        return { longest: Math.max(0, ...seen.long), worst: Math.max(0, ...seen.frames), frames: seen.frames.length }
      })),
    })
  }
  expect(
    Math.min(...rounds.map(({ msPerMove }) => msPerMove)),
    `processor time per move: ${JSON.stringify(rounds)}`,
  ).toBeLessThan(25)
  expect(rounds[0]!.msPerMove, 'the clock of this thread is told').toBeGreaterThan(0)
  info.annotations.push({
    type: 'measured',
    description: `T = ${count}: pans ${JSON.stringify(rounds)}, last tile ${await page.getByTestId('matrix-state').getAttribute('data-took')} ms, thumbnails ${await panel.getAttribute('data-thumbnails-ms')} ms`,
  })
})
